/* SPDX-License-Identifier: MIT */
#include "shared/report/json_writer.h"

struct mshim_json mshim_json_new(struct mshim_writer *writer) {
    return (struct mshim_json){writer, "", ", "};
}

void mshim_json_next(struct mshim_json *list) {
    mshim_write_text(list->writer, list->separator);
    list->separator = list->between;
}

void mshim_json_key(struct mshim_json *object, const char *name) {
    mshim_json_next(object);
    mshim_write_quoted(object->writer, name);
    mshim_write_text(object->writer, ": ");
}

void mshim_json_string(struct mshim_json *object, const char *name, const char *value) {
    mshim_json_key(object, name);
    mshim_write_quoted(object->writer, value);
}

struct mshim_json mshim_json_begin(struct mshim_json *object, const char *name, const char *bracket) {
    mshim_json_key(object, name);
    mshim_write_text(object->writer, bracket);
    return mshim_json_new(object->writer);
}
