/* SPDX-License-Identifier: MIT */
#include "library/process/python_status.h"

#include "library/python/python.h"
#include "shared/base/attributes.h"
#include "shared/base/text.h"

const char *mshim_python_status_text(void) {
    static MSHIM_WRITTEN_AT_FORK char buffer[64];
    struct mshim_text text = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append(&text, "python=");
    mshim_text_append(&text, mshim_python_mode_word(mshim_python_in_force()));
    if (mshim_python_in_force() == MSHIM_PYTHON_OFF) {
        mshim_text_append(&text, " python_why=");
        mshim_text_append(&text, mshim_python_reason_word(mshim_python_reason()));
    }
    return buffer;
}
