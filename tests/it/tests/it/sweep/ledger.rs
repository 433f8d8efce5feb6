//! Rows of the ledger that are not what they should be: only their own accounts wait.

use std::time::Duration;

use simulator::ContactType;

use super::{
    contact_sweep, count, done, govcloud_audit, members, messages, name, outcome, rows, set, world,
    writes,
};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test(start_paused = true)]
async fn a_broken_own_write_makes_only_its_own_account_wait() {
    for phase in ["plan", "apply"] {
        let world = world(40);
        outcome(&world, &contact_sweep("first")).await;
        tokio::time::sleep(HOUR).await;
        let accounts = members(&world);
        for account in &accounts[..2] {
            set(&world, account, ContactType::Billing, "Somebody");
        }
        let before = writes(&world);
        let ended = world
            .sweep_with(&contact_sweep("second"), &mut |world, step, state| {
                if step == "batches" && state["phase"] == phase && state["round"] == 1 {
                    world.break_row(&format!("write#{}#BILLING", accounts[0]));
                }
            })
            .await;
        assert_eq!(done(ended), "incomplete", "{phase}");
        let rows = rows(&world, "second");
        assert_eq!(rows[&accounts[0]]["uncovered"], "LedgerRow", "{phase}");
        assert_eq!(count(&world, "second", "uncovered"), 1, "{phase}");
        assert_eq!(name(&world, &accounts[0], "BILLING"), "Somebody", "{phase}");
        assert_eq!(name(&world, &accounts[1], "BILLING"), "Billing", "{phase}");
        assert_eq!(writes(&world), before + 1, "{phase}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_link_makes_only_its_own_account_wait() {
    for row in ["link", "pair"] {
        let world = world(12);
        outcome(&world, &govcloud_audit("first")).await;
        tokio::time::sleep(HOUR).await;
        let accounts = members(&world);
        for (account, govcloud) in accounts.iter().zip(["999988887777", "999988887778"]) {
            world
                .simulator
                .set_link(account, govcloud, "ACTIVE")
                .unwrap();
        }
        world.break_row(&format!("{row}#{}", accounts[0]));
        let ended = outcome(&world, &govcloud_audit("second")).await;
        assert_eq!(ended, "incomplete", "{row}");
        assert_eq!(count(&world, "second", "uncovered"), 1, "{row}");
        assert!(rows(&world, "second")[&accounts[0]]["uncovered"].is_string());
        let told = messages(&world, "GovCloudLinkChanged");
        let told: Vec<_> = told.iter().map(|it| it.text("/detail/accountId")).collect();
        assert_eq!(told, [accounts[1].as_str()], "{row}");
    }
}
