//! The report's page as a browser shows it: headless Chromium, on the loopback interface only.

mod browser;
mod canaries;
mod driver;
mod http;
mod table;

use std::collections::BTreeMap;

use account_core::report::{Coverage, Report};
use account_core::sweep::Sweep;
use serde_json::{Value, json};

use self::browser::{Browser, browse};
use self::http::Site;
use self::table::{Table, words};
use super::report::{HOSTILE, between, contacts, links, page, report, row};

const SEARCH: &str = "//input[@id='search']";
const CLEAR: &str = "//button[@type='reset']";

/// Opens a report, lets a test use it, and asserts that it asked nobody for anything, and that nothing was forbidden.
async fn visit(browser: &Browser, report: &Report, test: impl AsyncFnOnce(&Table)) {
    let page = page(report);
    let table = Table::of(&page);
    let (site, address) = Site::start(&[("/", page)]).await;
    let address = format!("{address}/");
    browser.open(&address).await;
    test(&table).await;
    assert_eq!(site.asked(), ["/"]);
    assert_eq!(browser.requests().await, [address]);
    assert_eq!(browser.console().await, [""; 0]);
}

/// Chooses an option of a filter by its place.
async fn choose(browser: &Browser, filter: &str, option: usize) {
    let select = format!("//label[starts-with(.,'{filter}')]/select");
    browser
        .click(&format!("{select}/option[{}]", option + 1))
        .await;
}

#[tokio::test]
async fn each_filter_shows_the_lines_that_have_the_word() {
    browse(async |browser| {
        for (report, filters) in [
            (contacts(), ["State", "Contact", "Found", "Done"]),
            (links(), ["State", "Link", "GovCloud state", "Findings"]),
        ] {
            visit(browser, &report, async |table| {
                let titles = "return [...document.querySelectorAll('select')].map((it) => it.parentNode.firstChild.data)";
                assert_eq!(browser.run(titles, Value::Null).await, json!(filters));
                for filter in filters {
                    filter_by_each_word(browser, table, filter).await;
                }
            })
            .await;
        }
    })
    .await;
}

async fn filter_by_each_word(browser: &Browser, table: &Table, filter: &str) {
    let column = table.column(filter);
    for (index, word) in table.words(column).iter().enumerate() {
        choose(browser, filter, index + 1).await;
        let matches = |line: &[String]| words(&line[column]).any(|it| it == word);
        table.shows(browser, matches).await;
    }
    choose(browser, filter, 0).await;
    table.shows(browser, |_| true).await;
}

#[tokio::test]
async fn the_search_and_the_filters_work_together() {
    browse(async |browser| {
        visit(browser, &contacts(), async |table| {
            for text in [
                "000000000003",
                "DRIFT",
                "phonenumber, title",
                HOSTILE,
                "nowhere",
            ] {
                browser.type_into(SEARCH, text).await;
                let wanted = text.to_lowercase();
                let matches = |line: &[String]| {
                    line.iter()
                        .any(|cell| cell.to_lowercase().contains(&wanted))
                };
                table.shows(browser, matches).await;
                browser.click(CLEAR).await;
                table.shows(browser, |_| true).await;
            }
            browser.type_into(SEARCH, "billing").await;
            choose(browser, "Found", 1).await;
            let matches = |line: &[String]| line[2] == "BILLING" && line[3] == "drift";
            table.shows(browser, matches).await;
            choose(browser, "State", 3).await;
            table.shows(browser, |_| false).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_are_texts() {
    // How many elements there are that no template and no script of ours makes.
    let script = "return ['tbody *:not(tr, td, span)', 'b[x]', 'script:not([id]) ~ script', 'code *', 'legend *', \
                  'option *', '[onclick], [onerror], [style]'].map((css) => document.querySelectorAll(css).length)";
    browse(async |browser| {
        for report in [contacts(), links()] {
            visit(browser, &report, async |table| {
                table.shows(browser, |_| true).await;
                assert_eq!(
                    browser.run(script, Value::Null).await,
                    Value::from(vec![0; 7])
                );
                let sweep = "return document.querySelector('code').textContent";
                let shown = browser.run(sweep, Value::Null).await;
                assert_eq!(shown, json!(report.sweep));
            })
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_counts_and_the_picture_are_there() {
    let script = "return Object.fromEntries([...document.querySelectorAll('.counts div')].filter((it) => \
                  it.checkVisibility()).map((it) => [...it.children].map((part) => part.textContent)))";
    let of_each = "2 match, 2 missing, 2 drift, 2 unknown";
    let contact = |name: &str| bar(name, of_each);
    let states = bar("Accounts", &format!("2 ACTIVE, 1 CLOSED, 1 {HOSTILE}"));
    let of_contacts = [states]
        .into_iter()
        .chain(["BILLING", "OPERATIONS", "PRIMARY", "SECURITY"].map(contact));
    let of_links = [
        bar("Accounts", "4 ACTIVE"),
        bar("GovCloud links", "1 notLinked, 2 unknown, 1 SOME_NEW_STATE"),
    ];
    let bars = [of_contacts.collect::<Vec<_>>(), of_links.into()];
    browse(async |browser| {
        for (report, bars) in [contacts(), links()].iter().zip(bars) {
            visit(browser, report, async |_| {
                let shown = browser.run(script, Value::Null).await;
                let shown: BTreeMap<String, String> = serde_json::from_value(shown).unwrap();
                let expected = report
                    .counts
                    .iter()
                    .map(|(word, count)| (word.clone(), count.to_string()));
                assert_eq!(shown, expected.collect());
                let drawn = browser.run(include_str!("picture.js"), Value::Null).await;
                assert_eq!(drawn, json!(bars));
            })
            .await;
        }
    })
    .await;
}

/// A bar as `picture.js` tells of it: nothing is wrong with it.
fn bar(title: &str, parts: &str) -> Value {
    let legend = parts.split(", ").map(|part| {
        let (count, word) = part.split_once(' ').unwrap();
        format!("{word} {count}")
    });
    let legend = legend.collect::<Vec<_>>().join(", ");
    json!([title, format!("{title}: {parts}"), legend, []])
}

#[tokio::test]
async fn what_is_put_into_a_page_afterwards_does_nothing() {
    let page = page(&contacts());
    let addition = "<img src='/leak'><script>document.title = 'changed'</script></body>";
    let changed = page.replace("</body>", addition);
    let policy = between(&page, "<meta http-equiv", ">");
    let unguarded = changed.replace(policy, "");
    let pages = [("/guarded", changed), ("/unguarded", unguarded)];
    browse(async |browser| {
        let (site, address) = Site::start(&pages).await;
        let title = "return document.title === 'changed'";
        browser.open(&format!("{address}/guarded")).await;
        assert_eq!(browser.run(title, Value::Null).await, json!(false));
        assert_eq!(site.asked(), ["/guarded"]);
        let console = browser.console().await;
        assert_eq!(console.len(), 2, "{console:?}");
        // So it is the policy that forbids it, and a request would have been seen.
        browser.open(&format!("{address}/unguarded")).await;
        assert_eq!(browser.run(title, Value::Null).await, json!(true));
        assert_eq!(site.asked(), ["/guarded", "/unguarded", "/leak"]);
        assert!(
            browser
                .requests()
                .await
                .contains(&format!("{address}/leak"))
        );
    })
    .await;
}

#[tokio::test]
async fn light_or_dark_every_text_can_be_read() {
    browse(async |browser| {
        for report in [contacts(), links()] {
            visit(browser, &report, async |_| {
                let mut grounds = Vec::new();
                for scheme in ["light", "dark"] {
                    browser.set_color_scheme(scheme).await;
                    let seen = browser.run(include_str!("contrast.js"), Value::Null).await;
                    assert!(50 < seen["texts"].as_u64().unwrap(), "{seen}");
                    assert_eq!(seen["faint"], json!([]), "{scheme}");
                    grounds.push(seen["ground"].clone());
                }
                assert_eq!(
                    json!(grounds),
                    json!(["rgb(251, 251, 250)", "rgb(20, 24, 28)"])
                );
            })
            .await;
        }
    })
    .await;
}

/// From a file, as a report is opened that somebody was sent.
#[tokio::test]
async fn fifty_thousand_lines_open_turn_and_filter() {
    let rows =
        (0..50_000).map(|number| row(number, "ACTIVE", Coverage::Skipped("closed".to_owned())));
    let page = page(&report(Sweep::Contacts, rows.collect()));
    let table = Table::of(&page);
    browse(async |browser| {
        let file = browser.home().join("report.html");
        std::fs::write(&file, &page).unwrap();
        let address = format!("file://{}", file.display());
        browser.open(&address).await;
        table.shows_page(browser, 0).await;
        browser.click("//button[@id='next']").await;
        table.shows_page(browser, 1).await;
        browser.click("//button[@id='previous']").await;
        table.shows_page(browser, 0).await;
        browser.type_into(SEARCH, "000000049999").await;
        table.shows(browser, |line| line[0] == "000000049999").await;
        assert_eq!(browser.requests().await, [address]);
        assert_eq!(browser.console().await, [""; 0]);
    })
    .await;
}
