#!/usr/bin/env python3
"""verify_record.py FILE [--head HEAD]: verifies what `counsel record export FILE` has written.

One file, Python 3.8 or newer, standard library only: read it, then run it. It needs nothing of Counsel and trusts nothing of the
file. The form of the file, and what it proves, is in docs/record.md; in short:

  line 1     {"counsel_record":1,"entries":K,"head":{"root":R,"size":N},"matter":null or a name}
  each line  {"entry":{...},"leaf":L,"root":R,"salt":S,"texts":[...]}        of the whole record: R is the root up to this entry
  behind it  {"entry":{...},"leaf":L,"proof":[...],"salt":S,"texts":[...]}   of one matter: a proof that it stands in the record

  L          SHA-256 of a zero byte and the entry's canonical JSON
  root       of the Merkle tree of RFC 9162 over all L
  a text     stands in its entry as {"sha256": SHA-256 of salt and text}; the texts are listed in the order of these

Prints what is wrong, with the entry, and exits with 1; or says what holds, and exits with 0; with 2 where FILE cannot be read. --head is
a head that was noted outside (`counsel record head`, with or without --sign): only that shows that the end was not cut off and that the whole was not written
anew. That nothing was left out shows the whole record alone: the export of one matter does not.
"""

import argparse
import hashlib
import json
import re
import sys

DIGEST = re.compile(r'\{"sha256":"([0-9a-f]{64})"')
HEX = re.compile(r"[0-9a-f]{64}\Z")


def sha256(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha256(b"\x01" + left + right)


def canonical(value):
    """Members sorted by name, no blanks, UTF-8 as it is. The same bytes as Counsel's, since numbers are whole."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def same_type(value, wanted):
    return type(value) is wanted  # True is no number here


class Tree:
    """The tree so far: its whole subtrees, the largest first."""

    def __init__(self, size=0, peaks=()):
        self.size, self.peaks = size, list(peaks)

    def with_leaf(self, leaf):
        peaks, rest = self.peaks[:], self.size
        while rest & 1:
            leaf = node(peaks.pop(), leaf)
            rest >>= 1
        return Tree(self.size + 1, [*peaks, leaf])

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def proves(leaf, index, size, proof, root):
    """RFC 9162, 2.1.3.2: leaf number `index`, from 0, is in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    fn, sn, value = index, size - 1, leaf
    for other in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            value = node(other, value)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            value = node(value, other)
        fn >>= 1
        sn >>= 1
    return sn == 0 and value == root


# Ed25519 (RFC 8032, 5.1). Points of the curve are (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def added(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = added(result, point)
        point = added(point, point)
        number >>= 1
    return result


def point_of(data):
    """The point that 32 bytes stand for; None when they stand for none."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(key, message, signature):
    """Whether the holder of the key (32 bytes) has signed it."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), added(r, times(h, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def read_noted(text):
    """((size, root), time or None, key or None) of a head as it was noted, SIZE:ROOT or SIZE:ROOT/TIME/KEY/SIGNATURE; ValueError."""
    parts = text.strip().split("/")
    size, _, root = parts[0].partition(":")
    if not (size.isascii() and size.isdigit()) or not HEX.match(root) or len(parts) not in (1, 4):
        raise ValueError("a head is written SIZE:ROOT, or SIZE:ROOT/TIME/KEY/SIGNATURE, as counsel record head prints it")
    if len(parts) == 1:
        return (int(size), root), None, None
    message = "counsel record head 1\n" + "/".join(parts[:2])
    try:
        good = signed_by(bytes.fromhex(parts[2]), message.encode(), bytes.fromhex(parts[3]))
    except ValueError:
        good = False
    if not good:
        raise ValueError("the signature of this head is not of it and its key: it was altered")
    return (int(size), root), parts[1], parts[2]


class Verification:
    def __init__(self, lines, noted=None):
        self.noted = noted
        self.faults = []  # (number of the entry or None, what is wrong)
        self.entries = self.with_texts = self.withheld = self.named_matter = 0
        self.without_texts, self.said_deleted = [], set()
        self.tree, self.tree_holds, self.agreed = Tree(), True, True
        self.header = None
        self.last = 0
        self.run(lines)

    def found(self, entry, what):
        self.faults.append((entry, what))

    def run(self, lines):
        lines = iter(lines)
        self.header = self.read_header(next(lines, b""))
        if self.header is None:
            return
        self.compare_with_noted()
        ended = True
        for at, raw in enumerate(lines, 2):
            ended = raw.endswith(b"\n")
            self.read_line(at, raw[:-1] if ended else raw)
        self.conclude(ended)

    def read(self, raw, what):
        """The object of a line that is written as the specification says, to the byte."""
        try:
            text = raw.decode("utf-8")
            value = json.loads(text)
            if isinstance(value, dict) and canonical(value) == text:
                return value, text
        except (UnicodeError, ValueError, RecursionError):
            pass
        self.found(None, f"{what} is not written as the specification says: it was altered, or is no line of this record")
        return None, None

    def read_header(self, raw):
        header, _ = self.read(raw.rstrip(b"\n"), "line 1")
        if header is None:
            return None
        head = header.get("head")
        good = (set(header) == {"counsel_record", "entries", "head", "matter"} and header["counsel_record"] == 1
                and same_type(header["entries"], int) and isinstance(head, dict) and set(head) == {"root", "size"}
                and same_type(head["size"], int) and isinstance(head["root"], str) and HEX.match(head["root"])
                and (header["matter"] is None or isinstance(header["matter"], str)))
        if not good:
            self.found(None, "line 1 is no head of an exported record")
            return None
        return header

    def read_line(self, at, raw):
        line, text = self.read(raw, f"line {at}")
        if line is None:
            return
        entry, leaf = line.get("entry"), line.get("leaf")
        number = entry.get("entry") if isinstance(entry, dict) else None
        if not same_type(number, int) or not isinstance(leaf, str) or not HEX.match(leaf):
            self.found(None, f"line {at} is no entry of this record")
            return
        if number <= self.last:
            self.found(number, f"it stands in line {at}, out of its order: the lines were put in, or changed places")
            return
        whole = self.header["matter"] is None
        for missing in range(self.last + 1, number) if whole else ():
            self.found(missing, "it is missing: it was removed, or altered so that it is no entry any more")
            self.tree_holds = False
        self.last = number
        self.entries += 1
        entry_text = canonical(entry)
        own = sha256(b"\x00" + entry_text.encode("utf-8", "surrogatepass"))
        good = own.hex() == leaf
        if not good:
            self.found(number, "it was altered: it has not the digest that it is listed with")
        self.check_texts(number, entry, entry_text, line)
        if whole:
            self.check_root(number, line, bytes.fromhex(leaf), own)
        else:
            self.check_proof(number, line, bytes.fromhex(leaf), good)
        if entry.get("kind") == "deleted" and isinstance(entry.get("said"), dict):
            numbers = entry["said"].get("entries")
            self.said_deleted.update(n for n in numbers if same_type(n, int)) if isinstance(numbers, list) else None

    def check_root(self, number, line, leaf, own):
        if not self.tree_holds:
            return
        after = self.tree.with_leaf(leaf)
        if own != leaf and after.root().hex() != line.get("root"):
            after = self.tree.with_leaf(own)  # its listed digest was altered, not the entry
        self.tree = after
        agrees = after.root().hex() == line.get("root")
        if not agrees and self.agreed and own == leaf:
            self.found(number, "the root of the record up to it is another: it, or one before it, is not what it was")
        self.agreed = agrees
        self.compare_with_noted()

    def check_proof(self, number, line, leaf, good):
        proof, head = line.get("proof"), self.header["head"]
        readable = isinstance(proof, list) and all(isinstance(one, str) and HEX.match(one) for one in proof)
        hashes = [bytes.fromhex(one) for one in proof] if readable else []
        if good and not (readable and proves(leaf, number - 1, head["size"], hashes, bytes.fromhex(head["root"]))):
            self.found(number, "its proof fails: it does not stand so in the record of this head")

    def check_texts(self, number, entry, entry_text, line):
        named = list(dict.fromkeys(DIGEST.findall(entry_text)))
        whole = self.header["matter"] is None
        allowed = {"entry", "leaf", "salt", "texts"} | ({"root"} if whole else {"proof", "withheld"})
        if set(line) - allowed or ("salt" in line) != ("texts" in line) or ("withheld" in line and "texts" in line):
            self.found(number, "its line has members that it should not have")
        if "texts" not in line:
            if line.get("withheld") is True and not whole:
                self.withheld += 1
                if len(set(self.matters_of(entry))) == 1:
                    self.found(number, "its texts were taken out: it concerns one matter alone, and nothing of it is withheld")
            elif "withheld" in line and not whole:
                self.found(number, "its line has members that it should not have")
            elif named:
                self.without_texts.append(number)
            return
        salt, texts = line.get("salt"), line["texts"]
        good = (isinstance(salt, str) and HEX.match(salt) and isinstance(texts, list) and len(texts) == len(named)
                and all(isinstance(text, str) for text in texts))
        if not good:
            self.found(number, "its texts are not those it was written with")
            return
        for at, (text, digest) in enumerate(zip(texts, named), 1):
            if hashlib.sha256((salt + text).encode("utf-8", "surrogatepass")).hexdigest() != digest:
                self.found(number, f"its text {at} was altered")
        self.with_texts += 1
        of = [dict(zip(named, texts)).get(digest) for digest in self.matters_of(entry)]
        if not whole and of:
            self.named_matter += 1
            if self.header["matter"] not in of:
                self.found(number, f"it is of the matter '{', '.join(map(str, of))}', and line 1 says '{self.header['matter']}'")

    @staticmethod
    def matters_of(entry):
        """Digests of the matters that it names: a question those that it was asked within, a hold its own."""
        said = entry.get("said")
        if not isinstance(said, dict):
            return []
        listed = said.get("matters") if isinstance(said.get("matters"), list) else []
        return [one["sha256"] for one in [*listed, said.get("matter")] if isinstance(one, dict) and same_type(one.get("sha256"), str)]

    def compare_with_noted(self):
        if self.noted and self.header["matter"] is None and self.tree_holds and self.tree.size == self.noted[0]:
            if self.tree.root().hex() != self.noted[1]:
                self.found(None, f"the first {self.noted[0]} entries are not those of the head that was noted: the record was rewritten")

    def conclude(self, ended):
        head = self.header["head"]
        if not ended:
            self.found(None, "the last line is cut off")
        for number in self.without_texts:
            if number not in self.said_deleted:
                self.found(number, "its texts are missing, and no entry says that they were deleted")
        if self.entries != self.header["entries"]:
            self.found(None, f"there are {self.entries} entries, and line 1 says {self.header['entries']}: some were removed or put in")
        if self.header["matter"] is None:
            if self.last < head["size"]:
                self.found(self.last + 1, "it and those behind it are missing: the end was cut off")
            elif self.tree_holds and self.tree.root().hex() != head["root"]:
                self.found(None, "the entries together are not those of the head in line 1")
            if self.header["entries"] != head["size"]:
                self.found(None, "line 1 contradicts itself")
        elif self.entries == 0:
            self.found(None, "it has no entry, and Counsel exports no matter without one: they were removed")
        if self.noted:
            if head["size"] < self.noted[0]:
                self.found(None, f"the head that was noted has {self.noted[0]} entries, this record {head['size']}: its end was cut off")
            elif head["size"] == self.noted[0] and head["root"] != self.noted[1]:
                self.found(None, "the head in line 1 is not the one that was noted")

    def says(self):
        if self.faults:
            return [f"entry {entry}: {what}" if entry else what for entry, what in self.faults]
        matter, head = self.header["matter"], self.header["head"]
        of = "" if matter is None else f" of the matter '{matter}'"
        says = [f"{self.entries} entries{of}: each is what it was when it was written, and stands at its place.",
                f"The texts of {self.with_texts} are theirs; those of {len(self.without_texts)} were deleted, as the record says."]
        if self.withheld:
            says.append(f"{self.withheld} concern other matters too: their texts were withheld.")
        if matter is not None:
            says.append(f"The name of the matter stands in {self.named_matter} of them; that the others are of it says line 1 alone.")
            says.append("That no entry of the matter was left out is NOT shown by this: only the whole record shows it.")
        says.append(f"Head: {head['size']}:{head['root']}")
        if self.noted and matter is None:
            says.append("It has grown from the head that was noted, and nothing of that was changed.")
        elif self.noted and self.noted[0] == head["size"]:
            says.append("These entries stand in the record of the head that was noted.")
        elif self.noted:
            says.append("Whether it has grown from the head that was noted, only the whole record shows, or one exported at that time.")
        elif matter is not None:
            says.append("Compare it with one that was noted outside (--head): only that shows that the record was not written anew.")
        else:
            says.append("Compare it with one that was noted outside (--head): only that shows that the end was not cut off and the "
                        "whole not written anew.")
        return says


def main():
    parser = argparse.ArgumentParser(description="Verifies what 'counsel record export FILE' has written.")
    parser.add_argument("file")
    parser.add_argument("--head", help="a head that was noted outside: SIZE:ROOT, or one that was signed")
    given = parser.parse_args()
    noted = time = key = None
    if given.head:
        try:
            noted, time, key = read_noted(given.head)
        except ValueError as error:
            parser.error(str(error))
    try:
        with open(given.file, "rb") as lines:
            verification = Verification(lines, noted)
    except OSError as error:
        print(f"{given.file} cannot be read: {error.strerror}. Name a file that counsel record export has written.", file=sys.stderr)
        return 2
    print("\n".join(verification.says()))
    if key:
        print(f"The head was signed, at {time} by its machine's clock, with the key {key}: compare that with the one you know.")
    return 1 if verification.faults else 0


if __name__ == "__main__":
    sys.exit(main())
