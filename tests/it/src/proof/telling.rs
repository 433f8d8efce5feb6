//! Tells many stories, each in a virtual time of its own, on all cores.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Futures of whole functions lie deep, above all where nothing is optimized.
const STACK: usize = 64 << 20;

/// What came of stories.
#[derive(Debug)]
pub struct Told<T> {
    /// The end of each story that ended well.
    pub ends: Vec<T>,
    /// Each story that did not, with what tells it again and what went wrong.
    pub broken: Vec<String>,
}

impl<T> Told<T> {
    /// So many stories were told.
    #[must_use]
    pub const fn stories(&self) -> usize {
        self.ends.len() + self.broken.len()
    }

    /// Ends the test with the stories of this scene that broke.
    pub fn check(&self, scene: &str) {
        let some: Vec<_> = self.broken.iter().take(5).collect();
        assert!(
            some.is_empty(),
            "{scene}: {} of {} stories broke: {some:#?}",
            self.broken.len(),
            self.stories()
        );
    }
}

/// Tells a story of each case. A story breaks by a panic, be it an assertion of its own or a panic of a function.
pub fn tell<C, T, F>(cases: &[C], story: impl Fn(C) -> F + Sync) -> Told<T>
where
    C: Clone + Debug + Sync,
    T: Send,
    F: Future<Output = T>,
{
    let next = AtomicUsize::new(0);
    let told = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            let teller = || {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = format!("{case:?}");
                    seed(&name);
                    let end = alone(|| story(case.clone()));
                    let end = end.map_err(|what| format!("{name}: {what}"));
                    told.lock().unwrap().push(end);
                }
            };
            let thread = thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, teller).unwrap();
        }
    });
    let (ends, broken): (Vec<_>, Vec<_>) = told
        .into_inner()
        .unwrap()
        .into_iter()
        .partition(Result::is_ok);
    Told {
        ends: ends.into_iter().filter_map(Result::ok).collect(),
        broken: broken.into_iter().filter_map(Result::err).collect(),
    }
}

/// The SDK draws the delays of its retries from the thread's own generator: the same ones for the same case.
fn seed(case: &str) {
    let mut hasher = DefaultHasher::new();
    case.hash(&mut hasher);
    fastrand::seed(hasher.finish());
}

/// One story in a virtual time of its own.
fn alone<T, F: Future<Output = T>>(story: impl FnOnce() -> F) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let told = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async { story().await })
    }));
    told.map_err(|panic| text(panic.as_ref()))
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text").to_owned()
}
