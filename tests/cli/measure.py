"""measure.py CPU_SECONDS MEMORY_MIB COMMAND...: runs COMMAND and exits as it does, or 99 when it and its children used more."""

import resource
import subprocess
import sys

cpu_limit, memory_limit, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
code = subprocess.run(command, check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(f"used {cpu:.2f} s CPU, {memory:.0f} MiB")
sys.exit(99 if cpu > cpu_limit or memory > memory_limit else code)
