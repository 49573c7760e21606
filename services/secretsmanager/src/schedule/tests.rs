//! Schedules: tables of cases, and a naive reading minute by minute beside ours.

mod naive;

use super::*;

fn at(text: &str) -> Timestamp {
    let moment: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(moment.as_millisecond())
}

/// The windows that follow `base`, as texts.
fn windows(expression: &str, hours: Option<i64>, base: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(expression, hours).unwrap();
    let since = at(base);
    let mut base = at(base);
    let mut found = Vec::new();
    for _ in 0..count {
        let window = schedule.window_after(base, since).unwrap();
        found.push(format!("{} {}", &window.start.iso8601()[..16], &window.end.iso8601()[..16]));
        base = window.start;
    }
    found
}

#[test]
fn windows_open_and_close_as_aws_documents_them() {
    for (expression, hours, base, expected) in [
        // Every day at eight, until the end of the day.
        (
            "cron(0 8 * * ? *)",
            None,
            "2026-01-31T10:20:30Z",
            &["2026-02-01T08:00 2026-02-02T00:00", "2026-02-02T08:00 2026-02-03T00:00"][..],
        ),
        // A recorded secret: Mondays, rotated on Monday 2023-10-16.
        ("cron(0 0 ? * 2 *)", None, "2023-10-16T00:10:00Z", &["2023-10-23T00:00 2023-10-24T00:00"]),
        // The last Friday of the month for three hours.
        (
            "cron(0 16 ? * 6L *)",
            Some(3),
            "2026-01-01T00:00:00Z",
            &["2026-01-30T16:00 2026-01-30T19:00", "2026-02-27T16:00 2026-02-27T19:00"],
        ),
        // The first Monday, by number and by name.
        (
            "cron(0 0 ? * 2#1 *)",
            None,
            "2026-01-31T00:00:00Z",
            &["2026-02-02T00:00 2026-02-03T00:00"],
        ),
        (
            "cron(0 0 ? * MON#1 *)",
            None,
            "2026-01-31T00:00:00Z",
            &["2026-02-02T00:00 2026-02-03T00:00"],
        ),
        // Increments of hours start anew each day, and such windows last an hour.
        (
            "cron(0 2/10 * * ? *)",
            None,
            "2026-01-31T10:20:30Z",
            &[
                "2026-01-31T12:00 2026-01-31T13:00",
                "2026-01-31T22:00 2026-01-31T23:00",
                "2026-02-01T02:00 2026-02-01T03:00",
            ],
        ),
        (
            "cron(0 /8 * * ? *)",
            None,
            "2026-01-31T10:20:30Z",
            &["2026-01-31T16:00 2026-01-31T17:00"],
        ),
        (
            "cron(0 0/4 * * ? *)",
            None,
            "2026-01-31T10:20:30Z",
            &["2026-01-31T12:00 2026-01-31T13:00"],
        ),
        // The last day, the third before it, the last weekday, the weekday nearest to the 15th and 1st.
        ("cron(0 0 L * ? *)", None, "2028-02-01T00:00:00Z", &["2028-02-29T00:00 2028-03-01T00:00"]),
        (
            "cron(0 0 L-3 * ? *)",
            None,
            "2026-02-01T00:00:00Z",
            &["2026-02-25T00:00 2026-02-26T00:00"],
        ),
        (
            "cron(0 0 LW * ? *)",
            None,
            "2026-01-31T00:00:00Z",
            &["2026-02-27T00:00 2026-02-28T00:00"],
        ),
        (
            "cron(0 0 15W * ? *)",
            None,
            "2026-08-01T00:00:00Z",
            &["2026-08-14T00:00 2026-08-15T00:00"],
        ),
        (
            "cron(0 0 1W * ? *)",
            None,
            "2026-08-01T00:00:00Z",
            &["2026-08-03T00:00 2026-08-04T00:00"],
        ),
        (
            "cron(0 0 31W * ? *)",
            None,
            "2026-05-01T00:00:00Z",
            &["2026-05-29T00:00 2026-05-30T00:00"],
        ),
        // Lists, ranges, steps, names.
        (
            "cron(0 8 1,15 JAN-MAR/2 ? *)",
            None,
            "2026-01-10T00:00:00Z",
            &["2026-01-15T08:00 2026-01-16T00:00", "2026-03-01T08:00 2026-03-02T00:00"],
        ),
        (
            "cron(0 10 ? * MON-FRI *)",
            Some(2),
            "2026-01-30T11:00:00Z",
            &["2026-02-02T10:00 2026-02-02T12:00"],
        ),
        (
            "cron(0 10 ? * L *)",
            None,
            "2026-01-30T00:00:00Z",
            &["2026-01-31T10:00 2026-02-01T00:00"],
        ),
        (
            "cron(0 10 ? * SUNL *)",
            None,
            "2026-01-30T00:00:00Z",
            &["2026-02-22T10:00 2026-02-23T00:00"],
        ),
        // What comes seldom.
        (
            "cron(0 0 29 2 ? *)",
            None,
            "2096-03-01T00:00:00Z",
            &["2104-02-29T00:00 2104-03-01T00:00"],
        ),
        (
            "cron(0 0 ? 2 6#5 *)",
            None,
            "2026-01-01T00:00:00Z",
            &["2036-02-29T00:00 2036-03-01T00:00"],
        ),
        // Rates.
        (
            "rate(10 days)",
            Some(3),
            "2026-01-31T10:20:30Z",
            &["2026-02-10T00:00 2026-02-10T03:00", "2026-02-20T00:00 2026-02-20T03:00"],
        ),
        ("rate(1 day)", None, "2026-01-31T10:20:30Z", &["2026-02-01T00:00 2026-02-02T00:00"]),
        ("rate(999 days)", None, "2026-01-31T10:20:30Z", &["2028-10-26T00:00 2028-10-27T00:00"]),
        (
            "rate(12 hours)",
            None,
            "2026-01-31T10:20:30Z",
            &["2026-01-31T12:00 2026-01-31T13:00", "2026-02-01T00:00 2026-02-01T01:00"],
        ),
        (
            "rate(10 hours)",
            Some(2),
            "2026-01-31T10:20:30Z",
            &["2026-01-31T20:00 2026-01-31T22:00", "2026-02-01T06:00 2026-02-01T08:00"],
        ),
    ] {
        assert_eq!(windows(expression, hours, base, expected.len()), expected, "{expression}");
    }
}

#[test]
fn the_next_date_after_a_recorded_rotation_is_the_recorded_one() {
    for (rotated, closes) in [
        ("2026-01-22T03:12:46Z", "2026-02-21T23:59:59Z"),
        ("2024-02-22T10:00:00Z", "2024-03-23T23:59:59Z"),
    ] {
        let schedule = Schedule::days(30, None).unwrap();
        let window = schedule.window_after(at(rotated), at(rotated)).unwrap();
        assert_eq!(window.end.plus_millis(-1_000).iso8601(), closes);
    }
}

#[test]
fn what_aws_does_not_take_is_refused_with_a_reason() {
    for expression in [
        "",
        "rate",
        "rate()",
        "rate(3 hours)",
        "rate(0 days)",
        "rate(-1 days)",
        "rate(1000 days)",
        "rate(1.5 days)",
        "rate(10 minutes)",
        "rate(10)",
        "rate(10 days",
        "Rate(10 days)",
        "rate(99999999999999999999 days)",
        "rate( 10 days)",
        "cron()",
        "cron(0 8 * * ?)",
        "cron(0 8 * * ? * *)",
        "cron(30 8 * * ? *)",
        "cron(* 8 * * ? *)",
        "cron(0 8 * * * *)",
        "cron(0 8 ? * ? *)",
        "cron(0 8 * * ? 2030)",
        "cron(0 24 * * ? *)",
        "cron(0 ? * * ? *)",
        "cron(0 * * * ? *)",
        "cron(0 0/3 * * ? *)",
        "cron(0 1,23 * * ? *)",
        "cron(0 8/0 * * ? *)",
        "cron(0 8- * * ? *)",
        "cron(0 /  * * ? *)",
        "cron(0 12-8 * * ? *)",
        "cron(0 8 0 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 W * ? *)",
        "cron(0 8 32W * ? *)",
        "cron(0 8 L-31 * ? *)",
        "cron(0 8 L-0 * ? *)",
        "cron(0 8 30 2 ? *)",
        "cron(0 8 31 4,6 ? *)",
        "cron(0 8 * 13 ? *)",
        "cron(0 8 * JANUARY ? *)",
        "cron(0 8 ? * 8 *)",
        "cron(0 8 ? * 0 *)",
        "cron(0 8 ? * 2#0 *)",
        "cron(0 8 ? * 2#6 *)",
        "cron(0 8 ? * #1 *)",
        "cron(0 8 ? * FRIDAY *)",
        "cron(0 8 ? * FRI-MON *)",
        "cron(0 8 , * ? *)",
        "cron(0 8 1,,2 * ? *)",
        "cron(0 +8 * * ? *)",
        "0 8 * * ? *",
        "at(2026-01-01T00:00:00)",
    ] {
        assert!(Schedule::parse(expression, None).is_err(), "{expression}");
    }
    let long = format!("cron(0 8 {} * ? *)", vec!["1"; 300].join(","));
    assert!(Schedule::parse(&long, None).is_err());
}

#[test]
fn no_window_runs_into_the_next_day_or_the_next_window() {
    for (expression, longest) in [
        ("rate(10 days)", 24),
        ("rate(12 hours)", 12),
        ("rate(10 hours)", 2),
        ("rate(48 hours)", 24),
        ("cron(0 0 * * ? *)", 24),
        ("cron(0 8 * * ? *)", 16),
        ("cron(0 23 L * ? *)", 1),
        ("cron(0 0/6 * * ? *)", 6),
        ("cron(0 2,12,20 * * ? *)", 4),
        ("cron(0 1,23 ? * 1 *)", 1),
    ] {
        assert!(Schedule::parse(expression, Some(longest)).is_ok(), "{expression} {longest}");
        for hours in [longest + 1, 0] {
            assert!(Schedule::parse(expression, Some(hours)).is_err(), "{expression} {hours}");
        }
    }
    assert!(Schedule::days(1, Some(24)).is_ok());
    assert!(Schedule::days(1, Some(25)).is_err());
}

#[test]
fn a_missed_rate_of_days_is_made_good_today_if_todays_window_is_still_open() {
    let since = at("2026-01-01T00:00:00Z");
    let until = |hours, now| {
        let schedule = Schedule::parse("rate(30 days)", hours).unwrap();
        schedule.window_for_missed(at(now), since).unwrap().start.iso8601()
    };
    assert_eq!(until(None, "2026-03-10T15:00:00Z"), "2026-03-10T00:00:00Z");
    assert_eq!(until(Some(2), "2026-03-10T15:00:00Z"), "2026-03-11T00:00:00Z");
    let schedule = Schedule::parse("cron(0 8 1 * ? *)", None).unwrap();
    let window = schedule.window_for_missed(at("2026-03-10T15:00:00Z"), since).unwrap();
    assert_eq!(window.start.iso8601(), "2026-04-01T08:00:00Z");
}

#[test]
fn days_between_rotations_are_worked_out_of_an_expression() {
    for (expression, days) in [
        ("rate(10 days)", Some(10)),
        ("rate(12 hours)", None),
        ("cron(0 0 ? * 2 *)", Some(7)),
        ("cron(0 8 * * ? *)", Some(1)),
        ("cron(0 8 1 * ? *)", Some(28)),
        ("cron(0 0/6 * * ? *)", None),
    ] {
        let schedule = Schedule::parse(expression, None).unwrap();
        let base = at("2026-01-31T10:20:30Z");
        let next = schedule.window_after(base, base).unwrap().start;
        assert_eq!(schedule.days_between(next), days, "{expression}");
    }
}
