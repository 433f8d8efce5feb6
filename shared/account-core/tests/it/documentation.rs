//! What the documentation says of policies is so.

use account_core::policy::Policy;
use serde_json::json;

use super::schema::{POLICY, schema, set, tree};

const DOCUMENTATION: &str = include_str!("../../../../docs/policy.md");

#[test]
fn the_documentations_examples_are_policies() {
    let texts = [
        ("README.md", include_str!("../../../../README.md")),
        ("docs/policy.md", DOCUMENTATION),
    ];
    for (file, text) in texts {
        let examples: Vec<_> = text
            .split("```yaml\n")
            .skip(1)
            .map(|rest| rest.split_once("```").unwrap().0)
            .collect();
        assert!(!examples.is_empty(), "{file} has no example");
        for example in examples {
            assert_eq!(Policy::read(example).err(), None, "{file}: {example}");
            assert!(schema().is_valid(&tree(example)), "{file}: {example}");
        }
    }
}

#[test]
fn the_documentations_refusals_are_the_readers() {
    let (_, told) = DOCUMENTATION.split_once("```text\n").unwrap();
    let told = told.split_once("\n```").unwrap().0.lines();
    let mistakes = [
        ("SECURITY/emailAddress", json!("soc at example.co")),
        ("SECURITY/email", json!("soc@example.com")),
        ("SECURITY/phoneNumber", json!(12_025_550_100_u64)),
        (
            "SECURTIY",
            tree(POLICY)["organization"]["contacts"]["SECURITY"].clone(),
        ),
        ("OPERATIONS/emailAddress", json!("{tags:ops-email}")),
    ];
    let refusals = mistakes.map(|(place, value)| {
        let mut document = tree(POLICY);
        set(
            &mut document,
            &format!("/organization/contacts/{place}"),
            value,
        );
        Policy::read(&document.to_string()).unwrap_err()[0].to_string()
    });
    assert_eq!(refusals, *told.collect::<Vec<_>>());
}
