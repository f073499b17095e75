/* test_svg_guard.c: SVGs that a browser would run, whole and in pieces. */
#include "download/svg_guard.h"

#include "../check.h"

static const struct {
    const char *text;
    bool is_harmless;
} ROWS[] = {
    {"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", true},
    {"<svg><text>one online option on = off</text></svg>", true},
    {"<svg content='x' icon=\"y\" fon='2'/>", true},
    {"<svg><!-- it's no script -->description</svg>", true},
    {"<svg on=\"1\"/>", true}, /* no event has this name */
    {"<svg><script>alert(1)</script></svg>", false},
    {"<svg><SCRIPT href='x'/></svg>", false},
    {"<s:svg><s:script/></s:svg>", false},
    {"<svg onload='x'>", false},
    {"<svg\nOnLoad = \"x\">", false},
    {"<svg/onload='x'>", false},
    {"<svg a='b'onclick='x'>", false},
    {"<!-- it's --><svg onload='x'>", false},
    {"<svg one two onbegin\t=\n'x'>", false},
    {"<a href='JavaScript:x'>", false},
    {"<svg><foreignObject><iframe srcdoc='&lt;script>'/></foreignObject>",
     false},
    {"<svg><h:object data='x'/></svg>", false},
    {"<svg><EMBED src='x'/></svg>", false},
    {"<svg><g gradientUnits='objectBoundingBox'/></svg>", true},
    {"<svg><foreignObject><p>text</p></foreignObject></svg>", true},
    {"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg>&x;</svg>", false},
};

int main(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t length = strlen(ROWS[i].text);

        check_row = ROWS[i].text;
        for (size_t cut = 0; cut <= length; cut++) {
            struct lx_svg_guard guard = {.event = 0};
            bool is_harmless =
                lx_svg_guard_pass(&guard, ROWS[i].text, cut) &&
                lx_svg_guard_pass(&guard, ROWS[i].text + cut, length - cut);

            CHECK_EQ(is_harmless, ROWS[i].is_harmless);
        }
    }
    return check_report("svg_guard");
}
