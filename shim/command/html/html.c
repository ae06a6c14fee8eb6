/* SPDX-License-Identifier: MIT */
#include "command/html/html.h"

#include "shared/base/writer.h"

#include <string.h>

/* MSHIM_HTML_TEMPLATE is the file that assemble.cmake makes. */
__asm__(".pushsection .rodata\n"
        "mshim_html_template:\n"
        ".incbin \"" MSHIM_HTML_TEMPLATE "\"\n"
        "mshim_html_template_end:\n"
        ".popsection\n");
extern const char mshim_html_template[], mshim_html_template_end[];

static const char placeholder[] = "@RESULTS@";

/* `<` can only stand in a string of JSON, where \u003c means the same: so there is no `</script`, no `<!--`
 * and no other markup left. */
static void write_escaped(struct mshim_writer *writer, const char *json, size_t length) {
    const char *const end = json + length;
    while (json < end) {
        const char *mark = memchr(json, '<', (size_t)(end - json));
        if (!mark)
            mark = end;
        mshim_write_bytes(writer, json, (size_t)(mark - json));
        if (mark == end)
            return;
        mshim_write_text(writer, "\\u003c");
        json = mark + 1;
    }
}

bool mshim_html_write(int fd, const char *json, size_t length) {
    struct mshim_writer writer = {.fd = fd};
    const size_t size = (size_t)(mshim_html_template_end - mshim_html_template);
    const char *place = memmem(mshim_html_template, size, placeholder, sizeof placeholder - 1);
    mshim_write_bytes(&writer, mshim_html_template, (size_t)(place - mshim_html_template));
    write_escaped(&writer, json, length);
    place += sizeof placeholder - 1;
    mshim_write_bytes(&writer, place, (size_t)(mshim_html_template_end - place));
    return mshim_writer_flush(&writer);
}
