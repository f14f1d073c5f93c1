#!/usr/bin/env bash
# make_repositories.sh DIR: twelve small TypeScript repositories, three of each framework family, made up here.
set -euo pipefail
out=$1

package_json() {  # DEPENDENCIES
  printf '{ "name": "sample", "version": "1.0.0", "license": "MIT", "dependencies": { %s } }\n' "$1"
}

core_file() {
  cat <<TS
import { readFile } from 'node:fs/promises';

// Parses version $1.$2 of the list.
export function parse$1_$2(text: string, limit = $2): string[] {
  const lines = text.split('\\n').filter((line) => line.length > $1);
  return lines.slice(0, limit).map((line) => line.trim());
}

export async function load$1_$2(path: string): Promise<string[]> {
  return parse$1_$2(await readFile(path, 'utf8'));
}
TS
}

nestjs_file() {
  cat <<TS
import { Controller, Get, Injectable, Param } from '@nestjs/common';

@Injectable()
export class Item$1_$2Service {
  private readonly items = new Map<number, string>([[$1, 'item $2']]);

  findOne(id: number): string | undefined {
    return this.items.get(id);
  }
}

@Controller('items-$1')
export class Item$1_$2Controller {
  constructor(private readonly service: Item$1_$2Service) {}

  @Get(':id')
  findOne(@Param('id') id: string): string | undefined {
    return this.service.findOne(Number(id));
  }
}
TS
}

nextjs_file() {
  cat <<TS
import Link from 'next/link';
import { notFound } from 'next/navigation';

export async function generateMetadata({ params }: { params: { slug: string } }) {
  return { title: 'Post $1 ' + params.slug };
}

export default async function Page$1_$2({ params }: { params: { slug: string } }) {
  if (params.slug.length > $2) notFound();
  return <Link href={'/posts/$1/' + params.slug}>Read more</Link>;
}
TS
}

react_file() {
  cat <<TS
import { useState } from 'react';

interface Counter$1_$2Props {
  start?: number;
}

export function Counter$1_$2({ start = $1 }: Counter$1_$2Props) {
  const [count, setCount] = useState(start);
  return <button onClick={() => setCount(count + $2)}>{count}</button>;
}
TS
}

for family in core nestjs nextjs react; do
  case $family in
    core) dependencies='"tslib": "2"' extension=ts ;;
    nestjs) dependencies='"@nestjs/common": "10"' extension=ts ;;
    nextjs) dependencies='"next": "14", "react": "18"' extension=tsx ;;
    react) dependencies='"react": "18"' extension=tsx ;;
  esac
  for repository in 1 2 3; do
    directory=$out/$family-$repository
    mkdir -p "$directory/src"
    package_json "$dependencies" >"$directory/package.json"
    for file in 1 2 3 4 5 6 7 8; do
      "${family}_file" "$repository" "$file" >"$directory/src/file-$file.$extension"
    done
  done
done
