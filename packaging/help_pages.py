#!/usr/bin/env python3
"""Man page and shell completions of one program, made from its --help.

  help_pages.py PROGRAM NAME VERSION MAN_FOLDER BASH_FOLDER ZSH_FOLDER FISH_FOLDER

NAME is what the program is called once installed."""
import gzip
import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

TEXT_COLUMN = 30  # where CLI11 begins descriptions


class Entry(NamedTuple):
    names: list[str]
    value: str  # e.g. `TEXT:{text,json}=text`; empty for a flag
    text: str

    @property
    def choices(self):
        found = re.search(r":\{([^}]*)\}", self.value)
        return found.group(1).split(",") if found else []


class Help(NamedTuple):
    description: str
    usage: str
    sections: dict[str, list[Entry]]

    def options(self):
        return [e for title, entries in self.sections.items() if title not in ("Positionals", "Subcommands")
                for e in entries]


def entry_of(line):
    short = len(line) <= TEXT_COLUMN or line[TEXT_COLUMN - 1] == " "
    head, text = (line[:TEXT_COLUMN], line[TEXT_COLUMN:]) if short else (line, "")
    names, _, value = head.strip().partition(" ")
    return Entry([re.sub(r"\{.*", "", name) for name in names.split(",")], value.strip(), text.strip())


def read_help(program, *subcommand):
    output = subprocess.run([program, *subcommand, "--help"], capture_output=True, text=True, check=True).stdout
    description, usage, sections, title = [], "", {}, None
    for line in output.splitlines():
        if line.startswith("Usage: "):
            usage = re.sub(r"\S+", "", line.removeprefix("Usage: "), count=1).strip()
        elif line and not line.startswith(" ") and usage:
            title = line.rstrip(":")
            sections[title] = []
        elif title and line.startswith(" " * TEXT_COLUMN):
            last = sections[title][-1]
            sections[title][-1] = last._replace(text=(last.text + " " + line.strip()).strip())
        elif title and line.strip():
            sections[title].append(entry_of(line))
        elif line.strip():
            description.append(line.strip())
    return Help(" ".join(description), usage, {t: e for t, e in sections.items() if e})


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def man_page(name, version, top, commands):
    lines = [f'.TH {name.upper()} 1 "" "palimpsest {version}" "User Commands"', ".SH NAME",
             f"{roff(name)} \\- {roff(top.description.rstrip('.'))}", ".SH SYNOPSIS",
             f".B {roff(name)}", roff(top.usage)]

    def tables(help_text, heading):
        for title, entries in help_text.sections.items():
            if title == "Subcommands":
                continue
            lines.append(f'.{heading} "{roff(title)}"')
            for entry in entries:
                value = f" \\fI{roff(entry.value)}\\fR" if entry.value else ""
                lines.extend([".TP", f"\\fB{roff(', '.join(entry.names))}\\fR{value}", roff(entry.text)])

    tables(top, "SH")
    for command, help_text in commands.items():
        lines.extend([f'.SH "COMMAND {command.upper()}"', f".B {roff(name)} {roff(help_text.usage)}", ".PP",
                      roff(help_text.description)])
        tables(help_text, "SS")
    lines.extend([".SH EXIT STATUS", "0 done, 2 usage, 3 bad data, 4 environment, 5 a bug, 128 + N on signal N."])
    return "\n".join(lines) + "\n"


def bash_completion(name, top, commands):
    function = "_" + name.replace("-", "_")
    values, words = [], []
    for command, help_text in [("*", top), *commands.items()]:
        # The command line's own options come with every subcommand, and a subcommand is asked first.
        case_of = [f"{command}:{option}" for e in help_text.options() if e.value and not e.choices for option in e.names]
        for e in help_text.options():
            if e.choices:
                values.append(f"    {'|'.join(f'{command}:{o}' for o in e.names)}) words='{' '.join(e.choices)}' ;;")
        if case_of:
            values.append(f"    {'|'.join(case_of)}) return ;;")
        options = [o for e in help_text.options() for o in e.names]
        extra = [o for e in top.options() for o in e.names if o not in options] if command != "*" else list(commands)
        words.append(f"      {command}) words='{' '.join(options + extra)}' ;;")
    words = words[1:] + words[:1]
    return "\n".join([
        f"# bash completion of {name}", f"{function}() {{",
        "  COMPREPLY=()",
        "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words=''",
        '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        f"    case $word in {'|'.join(commands)}) command=$word && break ;; esac", "  done",
        "  case $command:$previous in", *values, "    *)", "      case $command in",
        *("  " + line for line in words), "      esac ;;", "  esac",
        '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")', "}",
        f"complete -o default -F {function} {name}", ""])


def zsh_quoted(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh_completion(name, top, commands):
    def arguments(help_text):
        for entry in help_text.options():
            action = f"({' '.join(entry.choices)})" if entry.choices else "_files"
            for option in entry.names:
                yield f"    '*{option}[{zsh_quoted(entry.text)}]" + (f":value:{action}'" if entry.value else "'")

    lines = [f"#compdef {name}", f"case ${{words[(r)({'|'.join(commands)})]}} in"]
    for command, help_text in commands.items():
        lines.extend([f"  {command}) _arguments \\", " \\\n".join([*arguments(help_text), "    '*:file:_files'"]) + " ;;"])
    names = " ".join(f"{command}\\:\"{zsh_quoted(h.description)}\"".replace('"', '\\"') for command, h in commands.items())
    lines.extend(["  *) _arguments \\", " \\\n".join([*arguments(top), f"    '1:command:(({names}))'"]) + " ;;", "esac", ""])
    return "\n".join(lines)


def fish_completion(name, top, commands):
    def quoted(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    lines = [f"complete -c {name} -n 'not __fish_seen_subcommand_from {' '.join(commands)}' -xa {command} "
             f"-d {quoted(h.description)}" for command, h in commands.items()]
    for command, help_text in [("", top), *commands.items()]:
        condition = f" -n '__fish_seen_subcommand_from {command}'" if command else ""
        for entry in help_text.options():
            flags = "".join(f" -l {o[2:]}" if o.startswith("--") else f" -s {o[1:]}" for o in entry.names)
            value = f" -xa {quoted(' '.join(entry.choices))}" if entry.choices else " -r" if entry.value else ""
            lines.append(f"complete -c {name}{condition}{flags}{value} -d {quoted(entry.text)}")
    return "\n".join(lines) + "\n"


def main():
    program, name, version, man, bash, zsh, fish = sys.argv[1:]
    top = read_help(program)
    commands = {entry.names[0]: read_help(program, entry.names[0]) for entry in top.sections.get("Subcommands", [])}
    files = {f"{man}/{name}.1.gz": gzip.compress(man_page(name, version, top, commands).encode(), mtime=0),
             f"{bash}/{name}": bash_completion(name, top, commands).encode(),
             f"{zsh}/_{name}": zsh_completion(name, top, commands).encode(),
             f"{fish}/{name}.fish": fish_completion(name, top, commands).encode()}
    for path, content in files.items():
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_bytes(content)


if __name__ == "__main__":
    main()
