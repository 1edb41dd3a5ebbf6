/* SPDX-License-Identifier: MIT */
#include "report/chart.h"
#include "report/sections.h"
#include "table/memory.h"

static void add_facts(report_text *text, const char *label, const report_fact *facts, int64_t n)
{
    if (n < 1)
        return;
    report_addf(text,
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
                "<table class=\"facts\"><tbody>\n",
                label);
    for (int64_t i = 0; i < n; i++) {
        report_add(text, "<tr><th scope=\"row\">");
        report_add_escaped(text, facts[i].name);
        report_add(text, "</th><td>");
        report_add_escaped(text, facts[i].value);
        report_add(text, "</td></tr>\n");
    }
    report_add(text, "</tbody></table></div>\n");
}

/* JSON with a line for each member and each object. `members` has a bit for each open bracket,
   which is 1 in an object. */
static void add_lines(report_text *text, const char *json)
{
    uint64_t members = 0;
    int depth = 0;
    bool in_string = false;
    for (const char *c = json; *c != '\0'; c++) {
        const bool opens = *c == '{' || *c == '[', closes = *c == '}' || *c == ']';
        bool breaks = false;
        if (!in_string && opens) {
            members = members << 1 | (*c == '{');
            depth++;
            breaks = *c == '{' || c[1] == '{';
        } else if (!in_string && *c == ',')
            breaks = (members & 1) != 0 || c[1] == '{' || c[1] == '[';
        else if (!in_string && closes) {
            members >>= 1;
            depth -= depth > 0;
        }
        if (!in_string && *c == '}')
            report_addf(text, "\n%*s", 2 * (depth < 60 ? depth : 60), "");
        report_add_bytes(text, c, 1);
        if (breaks)
            report_addf(text, "\n%*s", 2 * (depth < 60 ? depth : 60), "");
        if (*c == '\\' && in_string && c[1] != '\0')
            report_add_bytes(text, ++c, 1);
        else if (*c == '"')
            in_string = !in_string;
    }
}

static void add_block(report_text *text, const char *heading, const char *content)
{
    if (content == NULL || *content == '\0')
        return;
    report_addf(text, "<h3>%s</h3>\n<pre tabindex=\"0\">", heading);
    report_add_escaped(text, content);
    report_add(text, "</pre>\n");
}

void report_section_training(report_text *text, const report_data *data)
{
    if (data->n_curve < 1)
        return;
    report_mark *marks = table_allocate(data->n_curve, sizeof *marks);
    if (marks == NULL) {
        text->failed = true;
        return;
    }
    for (int64_t i = 0; i < data->n_curve; i++) {
        const report_curve *curve = &data->curves[i];
        marks[i] = (report_mark){.name = curve->name,
                                 .colour = (int)(i % 7) + 1,
                                 .is_dashed = i % 2 != 0,
                                 .n = curve->n,
                                 .x = curve->x,
                                 .y = curve->y};
    }
    report_add(text, "<section id=\"training\"><h2>Training</h2>\n");
    report_chart_add(text, &(report_chart){.title = "Loss by update",
                                           .x_name = "updates",
                                           .y_name = "loss",
                                           .has_zero = true,
                                           .n_mark = data->n_curve,
                                           .marks = marks});
    report_add(text, "</section>\n");
    table_release(marks);
}

void report_section_facts(report_text *text, const report_data *data)
{
    if (data->n_fact < 1)
        return;
    report_add(text, "<section id=\"data\"><h2>Data</h2>\n");
    add_facts(text, "Data", data->facts, data->n_fact);
    report_add(text, "</section>\n");
}

void report_section_settings(report_text *text, const report_data *data)
{
    const bool has_text = data->configuration != NULL || data->command != NULL;
    if (data->n_setting < 1 && !has_text)
        return;
    report_add(text, "<section id=\"settings\"><h2>How it was made</h2>\n");
    add_facts(text, "Settings", data->settings, data->n_setting);
    add_block(text, "The command that makes it again", data->command);
    report_text lines = {0};
    if (data->configuration != NULL)
        add_lines(&lines, data->configuration);
    text->failed = text->failed || lines.failed;
    add_block(text, "Configuration", lines.bytes);
    report_text_free(&lines);
    report_add(text, "</section>\n");
}
