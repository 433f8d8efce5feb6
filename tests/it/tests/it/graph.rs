//! What is compiled into the functions: each crate costs every cold start.

use std::process::Command;

use it::local::root;

/// A second TLS library or HTTP stack beside the one in use, and the SDK's slow start.
const HEAVY: [&str; 7] = [
    "aws-config ",
    "aws-lc-rs ",
    "aws-lc-sys ",
    "hyper v0.",
    "native-tls ",
    "openssl ",
    "rustls v0.21.",
];

#[test]
fn the_functions_stay_lean() {
    for function in ["creation-poller", "contact-stamper"] {
        let graph = graph(function);

        assert!(
            graph.contains("\naws-sdk-organizations v"),
            "this is no dependency graph: {graph}"
        );
        for heavy in HEAVY {
            assert!(
                !graph.contains(&format!("\n{heavy}")),
                "{function} depends on {heavy}"
            );
        }
    }
}

/// One crate a line, such as `ring v0.17.14`.
fn graph(package: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
