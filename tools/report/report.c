/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "report/assets.h"
#include "report/sections.h"

static void add_head(report_text *text, const char *title)
{
    report_add(text, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                     "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
    report_add_escaped(text, title);
    report_add(text, "</title>\n<link rel=\"icon\" href=\"data:,\"/>\n<style>\n");
    report_add_bytes(text, report_style, sizeof report_style - 1);
    report_add(text, "</style>\n</head>\n<body>\n<main>\n<h1>");
    report_add_escaped(text, title);
    report_add(text, "</h1>\n");
}

static void add_verdict(report_text *text, const char *verdict)
{
    if (verdict == NULL || *verdict == '\0')
        return;
    report_add(text, "<p class=\"verdict\">");
    report_add_escaped(text, verdict);
    report_add(text, "</p>\n");
}

bool report_write(report_text *text, const report_data *data)
{
    add_head(text, data->title == NULL ? "Forecast" : data->title);
    add_verdict(text, data->verdict);
    add_verdict(text, data->lacking);
    report_section_forecasts(text, data);
    report_section_scores(text, data);
    report_section_steps(text, data);
    report_section_residuals(text, data);
    report_section_training(text, data);
    report_section_facts(text, data);
    report_section_settings(text, data);
    report_add(text, "</main>\n<script>\n");
    report_add_bytes(text, report_script, sizeof report_script - 1);
    report_add(text, "</script>\n</body>\n</html>\n");
    return !text->failed;
}
