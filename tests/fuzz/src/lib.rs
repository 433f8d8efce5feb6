//! What the targets share: a bounded heap, and the way a payload comes to a function.

use std::alloc::System;
use std::panic;

use cap::Cap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// No input here is longer than 64 KiB (`-max_len`), and the smallest function has 128 MiB. Whoever takes more than this
/// ends the process, which counts as a crash.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, 32 << 20);

/// A target: `|input: TYPE| { … }`. It names this crate, without which the program would have another, boundless heap.
#[macro_export]
macro_rules! target {
    ($($target:tt)*) => {
        libfuzzer_sys::fuzz_target!(init: $crate::bounded(), $($target)*);
    };
}

/// Ends a program whose heap is not the bounded one.
pub fn bounded() {
    let _something = Box::new(0);
    assert_ne!(HEAP.allocated(), 0, "the heap is not bounded");
    // A panic may take what it needs to print where it came from; without that it would wait for itself for ever.
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let _ = HEAP.set_limit(usize::MAX);
        tell(panic);
    }));
}

/// A payload, as the Lambda runtime gives it to a function; what is no JSON does not get that far.
pub fn payload(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

/// Reads a document, where the bytes are one. Written again, it must say the same.
pub fn document<T: DeserializeOwned + PartialEq + Serialize>(bytes: &[u8]) -> Option<T> {
    let document: T = serde_json::from_slice(bytes).ok()?;
    let again = serde_json::to_vec(&document).expect("a document is JSON");
    let again = serde_json::from_slice(&again).expect("a document that was written can be read");
    assert!(document == again, "a document changed when it was written");
    Some(document)
}
