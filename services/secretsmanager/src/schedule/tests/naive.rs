//! The cron reader against a naive one that asks every minute whether it is named.

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;

/// The rules again, read naively: does the expression name this very minute?
mod reading {
    use super::{Date, Weekday, date};

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
                let mut workdays = (1..=length).map(|d| date(day.year(), day.month(), d));
                workdays.rfind(|d| is_workday(*d)) == Some(day)
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
                    && reading::fires(&fields, day, (now / 60) as i8, (now % 60) as i8)
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
