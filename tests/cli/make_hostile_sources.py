"""make_hostile_sources.py DIR: sources that attack a reader, each small on disk. Prints nothing."""

import gzip
import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import zlib

DIR = sys.argv[1]
GIB = 1 << 30


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, *arguments], check=True, stdout=subprocess.DEVNULL)


def new_repository(name):
    folder = os.path.join(DIR, name)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)
    return folder


def put_object(folder, kind, content):
    """A loose object, whatever it says; git's own tools would refuse such trees."""
    raw = f"{kind} {len(content)}\0".encode() + content
    name = hashlib.sha1(raw).hexdigest()
    path = os.path.join(folder, "objects", name[:2], name[2:])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(zlib.compress(raw))
    return name


def entry(mode, name, object_id):
    return mode + b" " + name + b"\0" + bytes.fromhex(object_id)


def commit_bytes(tree):
    who = "T <t@example.com> 1700000000 +0000"
    return f"tree {tree}\nauthor {who}\ncommitter {who}\n\nx\n".encode()


def set_main(folder, commit):
    with open(os.path.join(folder, "refs/heads/main"), "w", encoding="ascii") as file:
        file.write(commit + "\n")


def evil_paths():
    folder = new_repository("paths.git")
    blob = put_object(folder, "blob", b"export const a = 1;\n")
    link = put_object(folder, "blob", b"/etc/passwd")
    inner = put_object(folder, "tree", entry(b"100644", b"passwd.ts", blob))
    tree = b"".join(
        [
            entry(b"40000", b"..", inner),
            entry(b"40000", b".git", inner),
            entry(b"100644", b"/abs.ts", blob),
            entry(b"100644", b"a/../../b.ts", blob),
            entry(b"100644", b"bad\xff.ts", blob),
            entry(b"100644", b"good.ts", blob),
            entry(b"100644", b"good.ts", blob),
            entry(b"120000", b"link.ts", link),
            entry(b"160000", b"module.ts", "12" * 20),
        ]
    )
    commit = put_object(folder, "commit", commit_bytes(put_object(folder, "tree", tree)))
    set_main(folder, commit)


def deep_tree():
    folder = new_repository("deep.git")
    tree = put_object(folder, "tree", entry(b"100644", b"a.ts", put_object(folder, "blob", b"let a = 1;\n")))
    top = b""
    for _ in range(3000):
        top = entry(b"40000", b"d", tree)
        tree = put_object(folder, "tree", top)
    good = put_object(folder, "blob", b"export const good = 1;\n")
    tree = put_object(folder, "tree", top + entry(b"100644", b"good.ts", good))
    set_main(folder, put_object(folder, "commit", commit_bytes(tree)))


def packed(kind, size, data):
    """One object of a pack: type and size in git's variable-length form, then the data deflated."""
    head = bytearray([(kind << 4) | (size & 15)])
    size >>= 4
    while size:
        head[-1] |= 128
        head.append(size & 127)
        size >>= 7
    return bytes(head) + data


def varint(value):
    out = bytearray()
    while True:
        out.append((value & 127) | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            return bytes(out)


def object_name(kind, content):
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()


def delta_bomb():
    """A delta of a few hundred bytes whose result has 512 MiB."""
    folder = new_repository("delta.git")
    piece, copies = (1 << 24) - 1, 32
    base = bytes(piece)
    base_id = object_name("blob", base)
    digest = hashlib.sha1(f"blob {piece * copies}\0".encode())
    for _ in range(copies):
        digest.update(base)
    good = b"export const good = 1;\n"
    good_id = object_name("blob", good)
    tree = entry(b"100644", b"bomb.ts", digest.hexdigest()) + entry(b"100644", b"good.ts", good_id)
    commit = commit_bytes(object_name("tree", tree))
    delta = varint(piece) + varint(piece * copies) + b"\xf0\xff\xff\xff" * copies
    objects = [
        packed(1, len(commit), zlib.compress(commit)),
        packed(2, len(tree), zlib.compress(tree)),
        packed(3, len(good), zlib.compress(good)),
        packed(3, len(base), zlib.compress(base)),
        packed(7, len(delta), bytes.fromhex(base_id) + zlib.compress(delta)),
    ]
    pack = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(objects)
    pack += hashlib.sha1(pack).digest()
    subprocess.run(["git", "-C", folder, "index-pack", "--stdin"], input=pack, check=True, stdout=subprocess.DEVNULL)
    set_main(folder, object_name("commit", commit))


def huge_blob():
    """1 GiB of zeros in a repository, 1 MiB on disk."""
    folder = new_repository("blob.git")
    git(folder, "config", "uploadpack.allowFilter", "true")
    zeros = bytes(1 << 24)
    header = f"blob {GIB}\0".encode()
    digest, packer = hashlib.sha1(header), zlib.compressobj(1)
    parts = [packer.compress(header)]
    for _ in range(GIB // len(zeros)):
        digest.update(zeros)
        parts.append(packer.compress(zeros))
    parts.append(packer.flush())
    name = digest.hexdigest()
    path = os.path.join(folder, "objects", name[:2], name[2:])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"".join(parts))
    good = put_object(folder, "blob", b"export const good = 1;\n")
    tree = put_object(folder, "tree", entry(b"100644", b"good.ts", good) + entry(b"100644", b"huge.ts", name))
    set_main(folder, put_object(folder, "commit", commit_bytes(tree)))


def tar_bytes(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content, link in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if link:
                info.type, info.linkname, info.size = tarfile.SYMTYPE, link, 0
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def tarballs():
    code = b"export const good = 1;\n"
    entries = [
        ("package/good.ts", code, None),
        ("/etc/evil.ts", code, None),
        ("package/../../evil.ts", code, None),
        ("package/link.ts", b"", "/etc/passwd"),
    ]
    with open(os.path.join(DIR, "paths.tgz"), "wb") as file:
        file.write(gzip.compress(tar_bytes(entries)))
    head = tar_bytes([("package/good.ts", code, None)])[:1024]
    info = tarfile.TarInfo("package/zeros.bin")
    info.size = 4 * GIB
    # gzip members may follow each other, so that 4 GiB of zeros are one member repeated.
    member = gzip.compress(bytes(1 << 26), 9)
    with gzip.open(os.path.join(DIR, "bomb.tgz"), "wb") as file:
        file.write(head + info.tobuf(tarfile.GNU_FORMAT))
    with open(os.path.join(DIR, "bomb.tgz"), "ab") as file:
        for _ in range(4 * GIB >> 26):
            file.write(member)


def many_entries():
    """100,000 empty TypeScript files in 200 KB."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        code = b"export const good = 1;\n"
        info = tarfile.TarInfo("package/good.ts")
        info.size = len(code)
        tar.addfile(info, io.BytesIO(code))
        for i in range(100_000):
            tar.addfile(tarfile.TarInfo(f"package/{i}.ts"))
    with open(os.path.join(DIR, "many.tgz"), "wb") as file:
        file.write(gzip.compress(out.getvalue(), 6))


def put_texts(folder, texts):
    os.makedirs(os.path.join(DIR, folder))
    for name, content in {"good.ts": b"export const good = 1;\n", **texts}.items():
        with open(os.path.join(DIR, folder, name), "wb") as file:
            file.write(content)


def lines(part, times):
    """The part repeated, on lines of some 60 bytes: files of long lines would not reach the parser."""
    row = max(1, 60 // len(part))
    return (part * row + b"\n") * (times // row)


def texts():
    million = 1_000_000
    put_texts("children", {"a.ts": b"const a = [" + lines(b"1, ", 70_000) + b"];\n", "b.ts": b"a();\n" * 70_000})
    put_texts("brackets", {"a.ts": b"const a = " + lines(b"[", million) + lines(b"]", million) + b";\n"})
    put_texts("open_parentheses", {"a.ts": lines(b"(", million)})
    put_texts("open_braces", {"a.ts": lines(b"{", million)})
    put_texts("open_tags", {"a.tsx": lines(b"<a>", million // 3)})
    put_texts("deep_calls", {"a.ts": lines(b"f(", 300_000) + lines(b")", 300_000)})
    put_texts("else_chain", {"a.ts": lines(b"if (a) {} else ", 60_000) + b"{}"})
    put_texts("long_line", {"a.ts": b"const a = '" + b"x" * 3_000_000 + b"';\n"})
    put_texts("templates", {"a.ts": lines(b"`${", 200_000) + lines(b"}`", 200_000)})
    packet = b"G" + bytes(187)
    put_texts(
        "not_code",
        {
            "video.ts": packet * 500,
            "qt.ts": b'<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS version="2.1"></TS>\n',
            "nul.ts": b"export const a = 1;\0\n",
            "latin1.ts": b"export const a = '\xe4';\n",
            "half.ts": b"\xff\xfea",
        },
    )
    os.symlink("/etc/passwd", os.path.join(DIR, "not_code", "link.ts"))


os.makedirs(DIR, exist_ok=True)
evil_paths()
deep_tree()
delta_bomb()
huge_blob()
tarballs()
many_entries()
texts()
