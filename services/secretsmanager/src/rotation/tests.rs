//! A rotation as it is stored: dates, windows and attempts.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_769_854_830_000);

fn rotation(rules: Rules) -> Rotation {
    let run = Run { step: Step::Set, is_working: true, ..Run::new("t", "r", NOW) };
    let mut rotation = Rotation { enabled: true, since: NOW, ..Rotation::default() };
    rotation.rules = Some(rules);
    rotation.run = Some(run);
    rotation
}

fn daily() -> Rules {
    Rules { days: None, expression: Some("cron(0 8 * * ? *)".to_owned()), duration: None }
}

#[test]
fn pauses_grow_and_then_the_rotation_waits_for_its_next_window() {
    let mut rotation = rotation(daily());
    let mut pauses = Vec::new();
    for _ in 0..4 {
        rotation.postpone(NOW, 0);
        pauses.push((rotation.due().unwrap().millis() - NOW.millis()) / 1_000);
    }
    assert_eq!(pauses, [15, 60, 240, 960]);
    rotation.postpone(NOW, 0);
    assert_eq!(rotation.due().unwrap().iso8601(), "2026-02-01T08:00:00Z");
    assert_eq!(rotation.run.unwrap().step, Step::Create);
}

#[test]
fn a_rotation_without_schedule_stops_trying_until_somebody_asks() {
    let mut rotation = rotation(Rules { days: None, expression: None, duration: None });
    for _ in 0..MOST_TRIES {
        assert!(rotation.due().is_some());
        rotation.postpone(NOW, 255);
    }
    assert_eq!(rotation.due(), None);
}

#[test]
fn nothing_is_tried_again_after_its_window_is_closed() {
    let mut rotation = rotation(daily());
    rotation.run.as_mut().unwrap().until = Some(NOW.plus_millis(15_000));
    rotation.postpone(NOW, 0);
    assert_eq!(rotation.due().unwrap().iso8601(), "2026-02-01T08:00:00Z");
}

#[test]
fn only_the_latest_attempts_are_remembered() {
    let mut rotation = Rotation::default();
    for number in 0..50 {
        rotation.note(Attempt {
            token: number.to_string(),
            ended: NOW,
            step: Step::Create,
            error: None,
        });
    }
    assert_eq!(rotation.attempts.len(), MOST_ATTEMPTS);
    assert_eq!(rotation.attempts.last().unwrap().token, "49");
}
