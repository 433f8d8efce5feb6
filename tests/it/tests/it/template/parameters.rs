//! Parameters that must fit each other.

use serde_json::{Value, json};

use super::{list, template};

/// Or the alarm would be raised between any two ticks.
#[test]
fn the_alarm_on_ticks_waits_for_as_long_as_a_tick_at_least() {
    let template = template();
    let rule = &template["Rules"]["TickAlarmSecondsCoverTickRate"];
    assert_eq!(rule["RuleCondition"], Value::Null);
    let assertion = &rule["Assertions"][0]["Assert"];
    let allowed = |name: &str| list(&template["Parameters"][name]["AllowedValues"]);
    for rate in allowed("TickRate") {
        let minutes = rate.as_str().unwrap().trim_start_matches("rate(");
        let minutes: u64 = minutes.split(' ').next().unwrap().parse().unwrap();
        for seconds in allowed("TickAlarmSeconds") {
            let given = json!({"TickRate": rate, "TickAlarmSeconds": seconds.to_string()});
            let fits = minutes * 60 <= seconds.as_u64().unwrap();
            assert_eq!(holds(assertion, &given), fits, "{given}");
        }
    }
    let period = &template["Resources"]["NoTick"]["Properties"]["Period"];
    assert_eq!(*period, json!({"Ref": "TickAlarmSeconds"}));
}

/// Whether a condition of a rule holds: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html>.
fn holds(condition: &Value, given: &Value) -> bool {
    let value = |it: &Value| given[it["Ref"].as_str().unwrap()].clone();
    let (function, of) = condition.as_object().unwrap().iter().next().unwrap();
    match function.as_str() {
        "Fn::Or" => list(of).iter().any(|it| holds(it, given)),
        "Fn::And" => list(of).iter().all(|it| holds(it, given)),
        "Fn::Equals" => value(&of[0]) == of[1],
        "Fn::Contains" => list(&of[0]).contains(&value(&of[1])),
        other => panic!("{other}"),
    }
}
