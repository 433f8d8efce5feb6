//! Which certificates the functions trust.

use std::fs;

use account_aws::clients::{Clients, Edge};
use it::bench::Endpoint;
use it::local::root;
use it::world::World;
use simulator::Options;

type Vars = Vec<(String, String)>;

fn lookup(vars: &Vars) -> impl Fn(&str) -> Option<String> {
    move |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        _ => vars.iter().find(|it| it.0 == name).map(|it| it.1.clone()),
    }
}

fn trusting(file: &str) -> (String, String) {
    ("SSL_CERT_FILE".to_owned(), file.to_owned())
}

async fn is_answered(vars: &Vars) -> bool {
    let lookup = lookup(vars);
    let clients = Clients::new(&lookup, &Edge::real(&lookup).unwrap()).unwrap();
    let call = clients.organizations().list_create_account_status();
    call.send().await.is_ok()
}

#[tokio::test]
async fn amazons_roots_are_trusted_or_those_in_a_file_and_no_others() {
    let folder = root().join("target/trust");
    let endpoint = Endpoint::start(&World::new(Options::default()), &folder).unwrap();
    let mut vars = endpoint.vars();
    assert!(!is_answered(&vars).await, "by a certificate of anyone");
    let file = endpoint.few_roots().display().to_string();
    vars.push(trusting(&file));
    assert!(is_answered(&vars).await);
}

#[test]
fn a_file_without_certificates_is_refused_by_name() {
    let folder = root().join("target/trust-nothing");
    fs::create_dir_all(&folder).unwrap();
    let empty = folder.join("empty.pem");
    fs::write(&empty, "no certificate\n").unwrap();
    let broken = folder.join("broken.pem");
    let text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    fs::write(&broken, text).unwrap();
    for file in [empty, broken, folder.join("missing.pem"), folder.clone()] {
        let vars = vec![trusting(&file.display().to_string())];
        let error = Edge::real(&lookup(&vars)).unwrap_err().to_string();
        assert!(
            error.contains("SSL_CERT_FILE names no file with"),
            "{error}"
        );
    }
}
