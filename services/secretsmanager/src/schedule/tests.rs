use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

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

/// The rules again, read naively: does the expression name this very minute?
mod naive {
    use super::*;

    const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    pub(super) fn fires(fields: &[String; 6], day: Date, hour: i8, minute: i8) -> bool {
        minute == 0
            && lists(&fields[1], i64::from(hour), 23, |text| text.parse().ok())
            && lists(&fields[3], i64::from(day.month()), 12, |text| text.parse().ok())
            && if fields[4] == "?" { of_month(&fields[2], day) } else { of_week(&fields[4], day) }
    }

    fn lists(field: &str, value: i64, last: i64, read: impl Fn(&str) -> Option<i64>) -> bool {
        field.split(',').any(|term| {
            let (range, step) = term.split_once('/').unwrap_or((term, "1"));
            let (from, to) = match range.split_once('-') {
                _ if range == "*" || range.is_empty() => (i64::from(last < 13 || last == 31), last),
                Some((from, to)) => (read(from).unwrap(), read(to).unwrap()),
                None if term.contains('/') => (read(range).unwrap(), last),
                None => (read(range).unwrap(), read(range).unwrap()),
            };
            value >= from && value <= to && (value - from) % step.parse::<i64>().unwrap() == 0
        })
    }

    fn is_workday(day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    fn of_month(field: &str, day: Date) -> bool {
        let length = day.days_in_month();
        field.split(',').any(|term| {
            if term == "L" {
                day.day() == length
            } else if term == "LW" {
                let workdays = (1..=length).map(|d| date(day.year(), day.month(), d));
                workdays.filter(|d| is_workday(*d)).next_back() == Some(day)
            } else if let Some(back) = term.strip_prefix("L-") {
                day.day() == length - back.parse::<i8>().unwrap()
            } else if let Some(named) = term.strip_suffix('W') {
                let named: i8 = named.parse().unwrap();
                // The nearest workday of the month; of two as near, the one on the Saturday's side
                // cannot arise, since a Saturday has Friday and a Sunday has Monday beside it.
                let workdays =
                    (1..=length).filter(|d| is_workday(date(day.year(), day.month(), *d)));
                named <= length && workdays.min_by_key(|d| (d - named).abs()) == Some(day.day())
            } else {
                lists(term, i64::from(day.day()), 31, |text| text.parse().ok())
            }
        })
    }

    fn of_week(field: &str, day: Date) -> bool {
        let number = i64::from(day.weekday().to_sunday_one_offset());
        let read = |text: &str| {
            let named = WEEKDAYS.iter().position(|name| *name == text);
            named.map(|place| place as i64 + 1).or_else(|| text.parse().ok())
        };
        field.split(',').any(|term| {
            if term == "L" {
                day.weekday() == Weekday::Saturday
            } else if let Some(named) = term.strip_suffix('L') {
                read(named) == Some(number) && day.day() + 7 > day.days_in_month()
            } else if let Some((named, nth)) = term.split_once('#') {
                read(named) == Some(number) && (day.day() - 1) / 7 + 1 == nth.parse::<i8>().unwrap()
            } else {
                lists(term, number, 7, read)
            }
        })
    }
}

fn hours() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u8..24).prop_map(|hour| hour.to_string()),
        (0..5, 4..13).prop_map(|(from, step)| format!("{from}/{step}")),
        (4..13).prop_map(|step| format!("/{step}")),
        (4..13).prop_map(|step| format!("*/{step}")),
        (0..6, 12..24).prop_map(|(first, second)| format!("{first},{second}")),
    ]
}

fn days_of_month() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_u8..32).prop_map(|day| day.to_string()),
        (1..16, 16..32).prop_map(|(from, to)| format!("{from}-{to}")),
        (1..32, 1..12).prop_map(|(from, step)| format!("{from}/{step}")),
        (1..20, 1..32).prop_map(|(one, two)| format!("{one},{two}")),
        (1..32).prop_map(|day| format!("{day}W")),
        (1..31).prop_map(|back| format!("L-{back}")),
        (1..32).prop_map(|day| format!("{day},LW")),
        Just("*".to_owned()),
        Just("L".to_owned()),
        Just("LW".to_owned()),
    ]
}

fn days_of_week() -> impl Strategy<Value = String> {
    let named = prop::sample::select(vec!["SUN", "MON", "WED", "FRI", "SAT", "1", "4", "7"]);
    prop_oneof![
        named.clone().prop_map(str::to_owned),
        (1..4, 4..8).prop_map(|(from, to)| format!("{from}-{to}")),
        (1..4, 1..4).prop_map(|(from, step)| format!("{from}/{step}")),
        (named.clone(), 1..6).prop_map(|(day, nth)| format!("{day}#{nth}")),
        named.prop_map(|day| format!("{day}L,2")),
        Just("MON-FRI".to_owned()),
        Just("*".to_owned()),
        Just("L".to_owned()),
    ]
}

fn fields() -> impl Strategy<Value = [String; 6]> {
    let months = prop_oneof![
        Just("*".to_owned()),
        (1_u8..13).prop_map(|month| month.to_string()),
        (1..6, 6..13).prop_map(|(from, to)| format!("{from}-{to}")),
        (1..13, 1..6).prop_map(|(from, step)| format!("{from}/{step}")),
    ];
    let days = prop_oneof![
        days_of_month().prop_map(|days| (days, "?".to_owned())),
        days_of_week().prop_map(|days| ("?".to_owned(), days)),
    ];
    (hours(), days, months).prop_map(|(hours, (of_month, of_week), months)| {
        ["0".to_owned(), hours, of_month, months, of_week, "*".to_owned()]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_next_window_is_the_next_minute_that_the_expression_names(
        fields in fields(),
        day in 0_i16..20_000,
        minute in 0_i64..1_440,
    ) {
        let expression = format!("cron({})", fields.join(" "));
        let Ok(schedule) = Schedule::parse(&expression, None) else {
            // Two windows may come too close, or the day may never come; the tables have those.
            return Ok(());
        };
        let first = date(2000, 1, 1) + jiff::Span::new().days(i64::from(day));
        let base = Timestamp::from_millis((10_957 + i64::from(day)) * 86_400_000 + minute * 60_000);
        let next = schedule.window_after(base, base).unwrap().start;
        // Minute by minute for seventy days; whoever says later than that must be right so far.
        let mut expected = None;
        'search: for (number, day) in (0_i64..70).zip(first.series(jiff::Span::new().days(1))) {
            for now in 0_i64..1_440 {
                let millis = base.day().millis() + number * 86_400_000 + now * 60_000;
                if millis > base.millis()
                    && naive::fires(&fields, day, (now / 60) as i8, (now % 60) as i8)
                {
                    expected = Some(millis);
                    break 'search;
                }
            }
        }
        match expected {
            Some(expected) => prop_assert_eq!(next.millis(), expected, "{}", expression),
            None => prop_assert!(next.millis() >= base.day().millis() + 70 * 86_400_000),
        }
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise_than_by_an_error(text in "\\PC{0,80}") {
        let _outcome = Schedule::parse(&text, None);
        let _outcome = Schedule::parse(&format!("cron({text})"), Some(3));
        let _outcome = Schedule::parse(&format!("rate({text})"), Some(3));
        let _outcome = Schedule::parse(&format!("cron(0 {text} * ? *)"), None);
    }
}
