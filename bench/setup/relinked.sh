# shellcheck shell=bash
# Pythons whose libpython `mshim relink` has been at: build/python-NAME-relinked, with everything else of build/python-NAME.

# shellcheck source=lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# setup_relinked NAME: made anew when the Python or the command is another. One that cannot be relinked is said and left out.
setup_relinked() {
  local source folder=$build/python-$1-relinked stamp
  source=$(readlink -f -- "$build/python-$1")
  stamp="$source $(sha256sum <"$build/bin/mshim")"
  [ "$(cat -- "$folder/relinked-from" 2>/dev/null)" != "$stamp" ] || return 0
  rm -rf -- "$folder" "$folder.new"
  if logged "python-$1-relinked" relink_python "$source" "$folder.new"; then
    printf '%s\n' "$stamp" >"$folder.new/relinked-from"
    mv -- "$folder.new" "$folder"
    say "python-$1-relinked: relinked"
  else
    say "python-$1-relinked: could not be relinked, its arms are left out of the bench"
  fi
}

# relink_python SOURCE FOLDER
relink_python() {
  local library
  mkdir -p "$2/lib"
  cp -a -- "$1/bin" "$1/build-info.json" "$2/"
  for library in "$1"/lib/*; do
    case $library in
    *.so | *.so.*) cp -a -- "$library" "$2/lib/" ;;
    *) ln -s -- "$library" "$2/lib/" ;;
    esac
  done
  "$build/bin/mshim" relink "$2/bin/python3"
  "$2/bin/python3" -c 'import sys; print(sys.version, sys.prefix)'
}
