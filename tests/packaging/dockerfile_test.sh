#!/usr/bin/env bash
# dockerfile_test.sh ROOT: what can be known of the Dockerfiles without an engine: names, sources, commands and tags.
set -uo pipefail
cd "$1" || exit 1
. tests/cli/expect.sh

for file in packaging/Dockerfile packaging/ci.Dockerfile; do
  stages=()
  # Lines that end in a backslash go on; comments and blank lines do not count.
  while read -r word rest; do
    case $word in
      FROM)
        [[ $rest =~ ^([^ ]+)\ AS\ ([a-z]+)$ ]] || { fail "$file: FROM $rest names no stage"; continue; }
        base=${BASH_REMATCH[1]} stage=${BASH_REMATCH[2]}
        if [[ " ${stages[*]-} " != *" $base "* ]]; then
          [[ $base == *:?* && $base != *:latest ]] || fail "$file: $base has no tag"
        fi
        stages+=("$stage")
        ;;
      COPY)
        read -ra parts <<<"$rest"
        if [[ ${parts[0]} == --from=* ]]; then
          [[ " ${stages[*]-} " == *" ${parts[0]#--from=} "* ]] || fail "$file: no stage ${parts[0]}"
        else
          for source in "${parts[@]::${#parts[@]}-1}"; do [ -e "$source" ] || fail "$file: no $source"; done
        fi
        ;;
      RUN)
        bash -n <<<"$rest" || fail "$file: RUN $rest"
        for program in $(grep -oE '(pipelines|tests)/[a-z]+\.sh' <<<"$rest"); do [ -x "$program" ] || fail "$file: no $program"; done
        [[ $rest != *'apt-get'*install* || $rest == *'apt-get -qq update'* ]] || fail "$file: installs from old lists"
        ;;
      ENV | WORKDIR | USER | CMD) ;;
      *) fail "$file: unknown instruction $word" ;;
    esac
  done < <(sed -e '/^ *#/d' -e '/^ *$/d' "$file" | sed -e ':more' -e '/\\$/{N;s/ *\\\n */ /;b more' -e '}')
  [ ${#stages[@]} -ge 2 ] || fail "$file: one stage"
  [ -s "$file.dockerignore" ] || fail "$file: would send .deps and build to the engine"
done
finish
