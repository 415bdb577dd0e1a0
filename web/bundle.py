#!/usr/bin/env python3
"""Bundles the page with esbuild, and writes what the daemon is built with, or a working copy for COUNSEL_WEB.

  bundle.py --tools DIR --code FILE.cc     the page as constant data (src/http/page_files.h)
  bundle.py --tools DIR --folder DIR       its files as they are; then: COUNSEL_WEB=DIR counsel serve
  bundle.py --none --code FILE.cc          no page: what bundles it is not here
"""

import argparse
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


def bundle(tools, minify):
    """{name: bytes} of app.js and app.css."""
    with tempfile.TemporaryDirectory() as folder:
        command = [tools / "esbuild", WEB / "src/main.tsx", "--bundle", "--format=esm", "--charset=utf8", "--legal-comments=none",
                   "--target=es2022", "--jsx=automatic", "--jsx-import-source=preact", "--log-level=warning",
                   f"--outfile={folder}/app.js", *(["--minify"] if minify else ["--sourcemap=inline"])]
        done = subprocess.run(command, env={**os.environ, "NODE_PATH": str(tools / "node_modules")})
        if done.returncode != 0:
            sys.exit("The page could not be bundled.")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def named_by_content(files):
    """The same under names that hold a digest, and an index.html that names them."""
    index = (WEB / "index.html").read_text()
    named = {}
    for name, content in files.items():
        stem, extension = name.split(".")
        new = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{extension}"
        index = index.replace(f"/page/{name}", f"/page/{new}")
        named[new] = content
    return {"index.html": index.encode(), **named}


def literal(content):
    """A C string of any bytes, in lines."""
    text = "".join(f"\\{byte:03o}" for byte in content)
    return "\n".join(f'    "{text[i:i + 112]}"' for i in range(0, len(text), 112)) or '    ""'


def code(files):
    parts = ['// Written by web/bundle.py.\n#include "http/page_files.h"\n\nnamespace counsel::http {\nnamespace {\n']
    rows = []
    for i, (name, content) in enumerate(files.items()):
        packed = gzip.compress(content, 9, mtime=0)
        plain = content if name == "index.html" else b""
        parts.append(f"constexpr char kPacked{i}[] =\n{literal(packed)};\nconstexpr char kPlain{i}[] =\n{literal(plain)};\n")
        digest = hashlib.sha256(content).hexdigest()[:16]
        rows.append(f'    {{"{name}", "{TYPES[Path(name).suffix]}", {{kPacked{i}, {len(packed)}}}, {{kPlain{i}, {len(plain)}}}, '
                    f'"{digest}"}},\n')
    if rows:
        parts.append(f"constexpr PageFile kFiles[] = {{\n{''.join(rows)}}};\n")
    found = f"*count = {len(rows)};\n  return {'kFiles' if rows else 'nullptr'};"
    parts.append(f"}}  // namespace\n\nconst PageFile* PageFiles(std::size_t* count) {{\n  {found}\n}}\n\n}}  // namespace counsel::http\n")
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path)
    parser.add_argument("--none", action="store_true")
    parser.add_argument("--code", type=Path)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        (options.folder / "index.html").write_bytes((WEB / "index.html").read_bytes())
        for name, content in bundle(options.tools, minify=False).items():
            (options.folder / name).write_bytes(content)
        return
    files = {} if options.none else named_by_content(bundle(options.tools, minify=True))
    options.code.write_text(code(files))
    for name, content in files.items():
        print(f"{name}: {len(content)} bytes, {len(gzip.compress(content, 9, mtime=0))} compressed")


main()
