# SPDX-License-Identifier: MIT
"""time_formats.py MUSL_PYTHON GLIBC_PYTHON: is time formatted and parsed alike on both libcs?

The article names it as a difference. What ISO C knows is the same, and so is all parsing by Python, which has it in Python;
what glibc adds is not, and bench/README.md says what musl makes of it. A change of either is news for that page."""

import json
import subprocess
import sys

ASK = r"""
import ctypes, datetime, json, locale, time
days = [(1970, 1, 1, 0, 0, 0), (2024, 2, 29, 23, 59, 59), (2024, 12, 30, 12, 0, 1), (1999, 7, 4, 7, 8, 9)]
days = [datetime.datetime(*day).timetuple() for day in days]
standard = "a A b B c C d D e F g G h H I j m M n p r R S t T u U V w W x X y Y %".split()
added = ["%^a", "%#p", "%k", "%l", "%P", "%Y %k", "%f"]
forms = ["%Y-%m-%d %H:%M:%S %z", "%a %d %b %Y %I:%M %p", "%j %y %X", "%A, %d. %B %Y", "%x %X"]
aware = datetime.datetime(2024, 2, 29, 23, 59, 59, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
strptime = ctypes.CDLL(None).strptime
strptime.restype = ctypes.c_void_p
in_c = {"%Y-%m-%d": b"2024-02-29", "%z": b"+0100", "%Z": b"UTC", "%s": b"1709622489", "%F": b"2024-02-29"}
try:
    name = locale.setlocale(locale.LC_ALL, "xx_YY.UTF-8")
except locale.Error:
    name = "refused"
print(json.dumps({
    "parsed in C": [form for form, text in in_c.items() if strptime(text, form.encode(), ctypes.create_string_buffer(128))],
    "locale": name,
    "standard": [time.strftime("%" + each, day) for each in standard for day in days],
    "padding": [time.strftime(each, day) for each in ("%-d", "%-H", "%_d", "%0e") for day in days],
    "parsed": [str(datetime.datetime.strptime(aware.strftime(form), form)) for form in forms],
    "added": {each: time.strftime(each, days[1]) for each in added},
    "zone": time.strftime("%Z"),
}))
"""
GLIBC_ADDS = {"%^a": "THU", "%#p": "pm", "%k": "23", "%l": "11", "%P": "pm", "%Y %k": "2024 23", "%f": "%f"}
C_PARSES = {"musl": ["%Y-%m-%d"], "glibc": ["%Y-%m-%d", "%z", "%Z", "%s", "%F"]}
LOCALES = {"musl": "xx_YY.UTF-8", "glibc": "refused"}
MUSL_MAKES = dict.fromkeys(GLIBC_ADDS, "")  # the whole result is empty, whatever stands beside it


def main():
    said = {}
    for libc, python in zip(("musl", "glibc"), sys.argv[1:]):
        done = subprocess.run([python, "-S", "-c", ASK], capture_output=True, check=True, env={"TZ": "UTC"}, timeout=60)
        said[libc] = json.loads(done.stdout)
    pairs = [(key, said["musl"][key], said["glibc"][key]) for key in ("standard", "padding", "parsed", "zone")]
    pairs += [("added by musl", said["musl"]["added"], MUSL_MAKES), ("added by glibc", said["glibc"]["added"], GLIBC_ADDS)]
    for libc in ("musl", "glibc"):
        pairs.append((f"parsed in C by {libc}", said[libc]["parsed in C"], C_PARSES[libc]))
        pairs.append((f"a locale that is not there, on {libc}", said[libc]["locale"], LOCALES[libc]))
    wrong = [f"{key} is {found}, not {expected}" for key, found, expected in pairs if found != expected]
    sys.stderr.writelines(line + "\n" for line in wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
