# SPDX-License-Identifier: MIT
"""A library before and after, as objdump and readelf see it: each difference must be one that relinking is meant to make.

What is right is taken from binutils alone: the boundaries of instructions, the name of a PLT entry, the slot it jumps by, the
relocation of that slot, the symbol's address. Nothing comes from mshim.
"""
import bisect
import collections
import re
import subprocess

LINE = re.compile(r"^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*(.*)$")
BRANCH = re.compile(r"^(?:(?:bnd|notrack|repz|cs|ds|data16|rex\.W) )*(call|j[a-z]+)q? +([0-9a-f]+)(?:,p[nt])? <(.*)>$")
SLOT = re.compile(r"^(?:(?:bnd|notrack|data16|rex\.W) )*(call|jmp)q? +\*0x[0-9a-f]+\(%rip\) +# ([0-9a-f]+) ")
LOAD_INDEX = re.compile(r"^(?:data16 )?lea +-?0x[0-9a-f]+\(%rip\),%rdi +# ([0-9a-f]+)\b")
ADD_SLOT = re.compile(r"^add +-?0x[0-9a-f]+\(%rip\),%rax +# ([0-9a-f]+)\b")
TO_THREAD = (["mov %fs:0x0,%rax"], ["xor %eax,%eax", "mov %fs:(%rax),%rax"])
# The function in place of __tls_get_addr, and what may follow up to the end of an instruction that it has overwritten.
STUB = ["xor %eax,%eax", "mov %fs:(%rax),%rax", "add (%rdi),%rax", "ret"]
STUB_CODE = bytes.fromhex("31c0 64488b00 480307 c3")
STUB_BYTES = len(STUB_CODE)
LOAD_CODE = bytes.fromhex("488d3d")
NOP = re.compile(r"(data16 |cs )*(nop|xchg +%ax,%ax|int3)")
UNALIKE = "readelf -{} differs: {}"
KEPT = "hlSVnI"  # what readelf shows of these must be the same text
SAME_VALUE_KINDS = {"R_X86_64_JUMP_SLOT", "R_X86_64_GLOB_DAT"}

Symbol = collections.namedtuple("Symbol", "value kind binding section name")
Relocation = collections.namedtuple("Relocation", "kind symbol value addend")
Section = collections.namedtuple("Section", "name kind address offset size flags")
Instruction = collections.namedtuple("Instruction", "address size text")


class Wrong(AssertionError):
    """A difference that is not meant."""


def tool(*command, folder):
    """What it prints; its status says little: readelf fails for a note that it does not know, and shows all others."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace",
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    if done.returncode != 0 and not done.stdout:
        raise Wrong(f"{' '.join(command)}: status {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout


class File:
    """One state of a library; `path` is a pathlib.Path whose name is the same before and after."""

    def __init__(self, path):
        self.path = path
        self.bytes = path.read_bytes()
        self.sections = self._sections()
        self.symbols = self._symbols()
        self.relocations = self._relocations()
        # `set` of lines, so that two states are compared without reading each of a million lines.
        self.code = set(self._objdump("-d"))

    def _readelf(self, *flags):
        return tool("readelf", "-W", *flags, self.path.name, folder=self.path.parent)

    def _objdump(self, *flags):
        return tool("objdump", "--insn-width=16", *flags, self.path.name, folder=self.path.parent).splitlines()

    def _sections(self):
        found = []
        for line in self._readelf("-S").splitlines():
            match = re.match(r"\s*\[ *\d+\] (\S*) +([A-Z0-9_]+) +([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+ +(\w*) ", line)
            if match:
                name, kind, *numbers, flags = match.groups()
                found.append(Section(name, kind, *(int(number, 16) for number in numbers), flags))
        return found

    def _symbols(self):
        found = []
        for line in self._readelf("--dyn-syms").splitlines():
            match = re.match(r"\s*\d+: ([0-9a-f]{16}) +\S+ +(\S+) +(\S+) +\S+ +(?:\[.*\] +)?(\S+) (\S*)", line)
            if match:
                value, kind, binding, section, name = match.groups()
                found.append(Symbol(int(value, 16), kind, binding, section, name))
        return found

    def _relocations(self):
        """By address; where a table is a part of another, an entry is shown twice."""
        found = {}
        for line in self._readelf("-r").splitlines():
            match = re.match(r"([0-9a-f]{16})  [0-9a-f]{16} (R_X86_64_\w+) *(.*)$", line)
            if not match:
                continue
            address, kind, rest = match.groups()
            symbol = re.match(r"([0-9a-f]{16}) (\S+)(?: ([+-]) ([0-9a-f]+))?$", rest.strip())
            if symbol:
                value, name, sign, addend = symbol.groups()
                entry = Relocation(kind, name, int(value, 16), int(addend or "0", 16) * (-1 if sign == "-" else 1))
            else:
                # readelf writes an addend without a symbol as a number of 64 bits, or with a sign
                entry = Relocation(kind, "", 0, int(rest.split()[0], 16) if re.match(r"-?[0-9a-f]+$", rest.strip()) else 0)
            found.setdefault(int(address, 16), set()).add(entry)
        return found

    def text(self, flag):
        return self._readelf(f"-{flag}" if len(flag) == 1 else f"--{flag}")

    def dynamic(self):
        return [tuple(line.split(None, 2)) for line in self._readelf("-d").splitlines() if line.startswith(" 0x")]

    def offset(self, address):
        for section in self.sections:
            if "A" in section.flags and section.kind != "NOBITS" and section.address <= address < section.address + section.size:
                return address - section.address + section.offset
        raise Wrong(f"{address:#x} is in no section")

    def bytes_at(self, address, size):
        offset = self.offset(address)
        return self.bytes[offset:offset + size]

    def number(self, address):
        at = self.offset(address)
        return int.from_bytes(self.bytes[at:at + 8], "little", signed=True)

    def plt_slots(self):
        """The slot of each entry of the PLT, by the address where the entry begins."""
        slots = {}
        for section in self.sections:
            if not section.name.startswith(".plt") or "X" not in section.flags:
                continue
            begin = None
            for line in self._objdump("-d", "-j", section.name):
                match = LINE.match(line)
                if line.endswith(">:") or not match:
                    begin = None
                    continue
                address, text = int(match[1], 16), match[3]
                slot = SLOT.match(text)
                if slot:
                    slots[address if begin is None else begin] = slots[address] = int(slot[2], 16)
                    begin = None
                elif text.startswith(("endbr64", "mov ")) and begin is None:
                    begin = address
                elif not text.startswith(("endbr64", "mov ")):
                    begin = None
        return slots

    def function(self, slot):
        """The address of the file's own function which the loader would put into the slot; Wrong where it is none."""
        entries = self.relocations.get(slot, set())
        if len(entries) != 1 or next(iter(entries)).kind not in SAME_VALUE_KINDS or next(iter(entries)).addend != 0:
            raise Wrong(f"slot {slot:#x} has {entries or 'no relocation'}")
        name = next(iter(entries)).symbol
        own = [symbol for symbol in self.symbols if symbol.name == name]
        if len(own) != 1 or own[0].section == "UND" or (own[0].kind, own[0].binding) != ("FUNC", "GLOBAL"):
            raise Wrong(f"slot {slot:#x} is for {own or name}")
        return own[0].value


def without_displacement(text):
    """Where it is relative to rip, its target follows as a comment."""
    return re.sub(r"-?0x[0-9a-f]+\(%rip\)", "(%rip)", text)


def parse(lines):
    found = {}
    for line in lines:
        match = LINE.match(line)
        if match:
            address = int(match[1], 16)
            found[address] = Instruction(address, len(match[2]) // 3, re.sub(" +", " ", match[3].strip()))
    return found


class Comparison:
    """Counts what was changed: `calls`, `accesses`, `indexes`, `flag`. Raises Wrong at the first difference that is not meant."""

    def __init__(self, before, after):
        self.before, self.after = before, after
        self.calls = self.accesses = self.inline = 0
        self.explained = []  # ranges of the file
        self.slots = before.plt_slots()
        self.indexes = set()
        self.compare_tables()
        self.old, self.new = parse(before.code - after.code), parse(after.code - before.code)
        self.find_stub()
        for address in sorted(self.old):
            if address in self.old:  # not taken with one before it
                self.explain(self.old[address])
        if self.new:
            raise Wrong(f"new instructions: {sorted(self.new.values())[:3]}")
        self.compare_relocations()
        self.flag = self.compare_dynamic()
        self.compare_bytes()

    def compare_tables(self):
        for flag in [*KEPT, "dyn-syms"]:
            if self.before.text(flag) != self.after.text(flag):
                raise Wrong(UNALIKE.format(flag, "it must not"))

    def explain(self, old):
        if BRANCH.match(old.text):
            self.explain_call(old)
        elif LOAD_INDEX.match(old.text):
            self.explain_access(old)
        else:
            raise Wrong(f"{old} has become {self.new.get(old.address)}")

    def find_stub(self):
        """A function in place of __tls_get_addr: in its PLT entry, or in the padding after another function."""
        self.stub = next((at for at in sorted(self.new) if self.after.bytes_at(at, STUB_BYTES) == STUB_CODE), None)
        if self.stub is None:
            return
        entry = self.tls_get_addr(self.stub)
        end, texts = self.stub, []
        while end in self.new and (len(texts) < len(STUB) or self.new[end].text == "nop"):
            new = self.new.pop(end)
            texts.append(new.text)
            end += new.size
        if texts[:len(STUB)] != STUB:
            raise Wrong(f"the function at {self.stub:#x} is {texts}")
        taken = [self.old[at] for at in sorted(self.old) if self.stub <= at < end]
        if not taken or taken[-1].address + taken[-1].size != end or \
                not entry and not all(re.match(NOP, old.text) for old in taken):
            raise Wrong(f"the function at {self.stub:#x} has taken the place of {taken}")
        self.take(*taken)
        if entry:
            self.explain_calls_of_entry(self.stub)
        else:
            self.explain_frame()

    def tls_get_addr(self, entry):
        slot = self.slots.get(entry)
        return {entry.symbol.split("@")[0] for entry in self.before.relocations.get(slot, ())} == {"__tls_get_addr"}

    def explain_calls_of_entry(self, entry):
        """All calls of the entry must be local-dynamic accesses, which have not changed, or be changed themselves."""
        text = f"{entry:x} <"
        for line in self.before.code:
            if text not in line or not LINE.match(line):
                continue
            call = next(iter(parse([line]).values()))
            branch = BRANCH.match(call.text)
            if branch and int(branch[2], 16) == entry and call.address not in self.old:
                self.indexes.add(self.local_dynamic(call))
                self.accesses += 1

    def local_dynamic(self, call):
        """The tls_index whose address is loaded before the call."""
        size = len(LOAD_CODE) + 4
        code = self.before.bytes_at(call.address - size, size)
        if code[:len(LOAD_CODE)] != LOAD_CODE or self.after.bytes_at(call.address - size, size) != code:
            raise Wrong(f"{call} is not part of a local-dynamic access")
        return call.address + int.from_bytes(code[len(LOAD_CODE):], "little", signed=True)

    def explain_frame(self):
        """The function is in the unwind table: as part of the one before, which saves nothing."""
        frames = [re.split(r"\n(?=[0-9a-f]{8} )", state.text("debug-dump=frames")) for state in (self.before, self.after)]
        changed = [(old, new) for old, new in zip(*frames) if old != new]
        ends = [re.findall(r"pc=[0-9a-f]+\.\.([0-9a-f]+)", text) for text in changed[0]] if changed else []
        if len(frames[0]) != len(frames[1]) or len(changed) != 1 or \
                [int(end[0], 16) for end in ends] != [self.stub, self.stub + STUB_BYTES] or \
                changed[0][0].replace(ends[0][0], ends[1][0]) != changed[0][1] or "DW_CFA" in changed[0][0].replace("DW_CFA_nop", ""):
            raise Wrong(f"unwind table: {changed}")
        section = next(part for part in self.before.sections if part.name == ".eh_frame")
        self.explained.append((section.offset, section.offset + section.size))

    def take(self, *instructions):
        for old in instructions:
            del self.old[old.address]
        first, last = instructions[0], instructions[-1]
        begin = self.before.offset(first.address)
        self.explained.append((begin, begin + last.address + last.size - first.address))

    def explain_call(self, old):
        new = self.new.pop(old.address, None)
        was, now = BRANCH.match(old.text), BRANCH.match(new.text) if new else None
        if not now or old.size != new.size or was[1] != now[1]:
            raise Wrong(f"{old} has become {new}")
        entry, target = int(was[2], 16), int(now[2], 16)
        if entry not in self.slots:
            raise Wrong(f"{old} was no call through the PLT")
        if target == self.stub and self.tls_get_addr(entry):
            self.indexes.add(self.local_dynamic(old))
            self.take(old)
            self.accesses += 1
            return
        if self.before.function(self.slots[entry]) != target:
            raise Wrong(f"{old} goes to {new}")
        self.take(old)
        self.calls += 1

    def explain_access(self, load):
        index = int(LOAD_INDEX.match(load.text)[1], 16)
        call = self.old.get(load.address + load.size)
        by_plt, by_slot = (BRANCH.match(call.text), SLOT.match(call.text)) if call else (None, None)
        slot = self.slots.get(int(by_plt[2], 16)) if by_plt else int(by_slot[2], 16) if by_slot else None
        if {entry.symbol.split("@")[0] for entry in self.before.relocations.get(slot, ())} != {"__tls_get_addr"}:
            raise Wrong(f"{load}, {call}: not a TLS access")
        if load.size + call.size == 12:
            self.explain_inline(load, call, index)
            return
        end, found = call.address + call.size, []
        while sum(new.size for new in found) < end - load.address:
            new = self.new.pop(load.address + sum(new.size for new in found), None)
            if not new:
                raise Wrong(f"{load} is no longer whole instructions")
            found.append(new)
        add = ADD_SLOT.match(found[-1].text)
        if found[-1].address + found[-1].size != end or not add or int(add[1], 16) != index or \
                [new.text for new in found[:-1]] not in TO_THREAD:
            raise Wrong(f"{load} has become {found}")
        self.take(load, call)
        self.indexes.add(index)
        self.accesses += 1

    def explain_inline(self, load, call, index):
        """A local-dynamic access by other instructions, a byte longer, which one soon after it makes up for."""
        taken, at = [load, call], load.address
        for text in ("xor %eax,%eax", "mov %fs:(%rax),%rax", ADD_SLOT):
            new = self.new.pop(at, None)
            if not new or not re.match(re.escape(text) if isinstance(text, str) else text, new.text):
                raise Wrong(f"{load} has become {new}")
            at += new.size
        if int(ADD_SLOT.match(new.text)[1], 16) != index:
            raise Wrong(f"{load} has become {new}")
        while taken[-1].address + taken[-1].size != at:
            end = taken[-1].address + taken[-1].size
            old, new = self.old.get(end), self.new.pop(at, None)
            if not old or not new or without_displacement(old.text) != without_displacement(new.text) or \
                    new.size not in (old.size, old.size - 3):
                raise Wrong(f"{old} has become {new}")
            taken.append(old)
            at += new.size
            if new.size != old.size:
                nop = self.new.pop(at, None)
                if "(%rax)" not in old.text or not nop or (nop.text, nop.size) != ("xchg %ax,%ax", 2):
                    raise Wrong(f"{old} has become {new}, {nop}")
                at += nop.size
        self.take(*taken)
        self.indexes.add(index)
        self.accesses += 1
        self.inline += 1

    def compare_relocations(self):
        before, after = self.before.relocations, self.after.relocations
        if before.keys() != after.keys():
            raise Wrong("relocations are at other addresses")
        changed = {address for address in before if before[address] != after[address]}
        if changed != self.indexes:
            raise Wrong(f"relocations changed at {sorted(changed)}, TLS accesses at {sorted(self.indexes)}")
        for address in changed:
            (old,), (new,) = before[address], after[address]
            second = before.get(address + 8)
            offset = next(iter(second)).addend if second else self.before.number(address + 8)
            meant = ("R_X86_64_DTPMOD64", Relocation("R_X86_64_TPOFF64", old.symbol, old.value, offset))
            if (old.kind, new) != meant or (second and next(iter(second)).kind != "R_X86_64_DTPOFF64"):
                raise Wrong(f"at {address:#x}: {old}, {second or offset} became {new}")

    def compare_dynamic(self):
        """True where DF_STATIC_TLS was set."""
        before, after = self.before.dynamic(), self.after.dynamic()
        if before == after:
            if self.indexes and not any(name == "(FLAGS)" and "STATIC_TLS" in value for _, name, value in after):
                raise Wrong("DF_STATIC_TLS is not set")
            return False
        old = [entry for entry in before if entry[1] != "(FLAGS)"]
        new = [entry for entry in after if entry[1] != "(FLAGS)"]
        words = [{word for entry in state if entry[1] == "(FLAGS)" for word in entry[2].split()} for state in (before, after)]
        if old != new or words[1] - words[0] != {"STATIC_TLS"} or words[0] - words[1] or not self.indexes:
            raise Wrong(f"dynamic section: {before} became {after}")
        return True

    def compare_bytes(self):
        """All that differs must lie in what is explained; behind the old end there is only what no loader reads."""
        for section in self.before.sections:
            if section.kind in ("DYNAMIC", "RELA"):
                self.explained.append((section.offset, section.offset + section.size))  # compared above, entry by entry
        self.explained.sort()
        begins = [begin for begin, _ in self.explained]
        before, after, step = self.before.bytes, self.after.bytes, 4096
        if len(after) < len(before):
            raise Wrong("the file has become smaller")
        for start in range(0, len(before), step):
            if before[start:start + step] == after[start:start + step]:
                continue
            for at in range(start, min(start + step, len(before))):
                if before[at] != after[at]:
                    index = bisect.bisect_right(begins, at) - 1
                    if index < 0 or at >= self.explained[index][1]:
                        raise Wrong(f"the byte at offset {at:#x} was changed")

    def left(self):
        """Names of the file's own functions that are still called through the PLT, with how often."""
        own = {symbol.name for symbol in self.before.symbols
               if symbol.section != "UND" and (symbol.kind, symbol.binding) == ("FUNC", "GLOBAL")}
        found = collections.Counter()
        for line in self.after.code:
            if "@plt" not in line:
                continue
            match = LINE.match(line)
            branch = BRANCH.match(re.sub(" +", " ", match[3].strip())) if match else None
            if branch and int(branch[2], 16) in self.slots:
                for entry in self.before.relocations.get(self.slots[int(branch[2], 16)], ()):
                    found[entry.symbol] += entry.symbol in own
        return +found
