# shellcheck shell=sh disable=SC2154
t mshim list
t mshim options
