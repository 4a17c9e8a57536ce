/* SPDX-License-Identifier: GPL-2.0-only */
/* The outputs of `nestor stat`. */
#ifndef STAT_H
#define STAT_H

#include "info.h"
#include "stats.h"

/* Totals and CPUs as a table for people; zeros are left out. */
void stat_text(const struct info *info, const struct stats_set *set);

/**
 * stat_text_rates() - totals and what was added a second, for a live view
 * @info: the module
 * @set: now
 * @before: the totals some time ago
 * @seconds: how long ago
 */
void stat_text_rates(const struct info *info, const struct stats_set *set,
		     const struct stats *before, double seconds);

/* One JSON document on one line. */
void stat_json(const struct info *info, const struct stats_set *set);

/* Lines of time,cpu,counter,key,value; @header: with the line that says so. */
void stat_csv(const struct stats_set *set, bool header);

/* Prometheus' text format. */
void stat_prometheus(const struct info *info, const struct stats_set *set);

#endif
