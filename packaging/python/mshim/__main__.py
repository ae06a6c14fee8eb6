# SPDX-License-Identifier: MIT
import os
import sys

from mshim import command

try:
    path = command()
except FileNotFoundError as error:
    sys.exit(str(error))
os.execv(path, ["mshim", *sys.argv[1:]])
