//! After a freeze: the real HTTP client, over real connections that died while the function was frozen.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use account_aws::clients::{Clients, Edge};
use aws_sdk_dynamodb::types::AttributeValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::{Bound, Figure};

/// How idle connections die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// The other side closes them.
    Closed,
    /// The other side no longer knows them: it answers with a reset.
    Reset,
    /// The other side is gone, and nothing on the way says so.
    Silent,
}

/// What came of invocations after a freeze.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    /// Invocations whose calls succeeded.
    pub well: usize,
    /// Connections that the server had to accept.
    pub connections: usize,
}

/// Freezes so many times, before each of so many invocations of three calls; one more comes before the first freeze.
///
/// # Errors
/// The loopback interface refuses.
pub fn freeze(times: usize, death: Death) -> io::Result<End> {
    let server = Server::start(death)?;
    let client = server.client();
    let runtime = runtime()?;
    let mut end = End::default();
    let _ = runtime.block_on(invocation(&client));
    for _ in 0..times {
        // The client does not run meanwhile, and hears nothing of it.
        server.kill_connections();
        end.well += usize::from(runtime.block_on(invocation(&client)));
    }
    end.connections = server.accepted.load(Ordering::Relaxed);
    Ok(end)
}

async fn invocation(client: &aws_sdk_dynamodb::Client) -> bool {
    let mut well = true;
    for _ in 0..3 {
        let call = client.get_item().table_name("ledger");
        let call = call.key("id", AttributeValue::S("x".to_owned()));
        well &= call.send().await.is_ok();
    }
    well
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// A DynamoDB that knows nothing, in a thread and at a port of its own.
struct Server {
    port: u16,
    death: Arc<Notify>,
    dead: mpsc::Receiver<()>,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    fn start(kind: Death) -> io::Result<Self> {
        let runtime = runtime()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let port = listener.local_addr()?.port();
        let (death, accepted) = (Arc::<Notify>::default(), Arc::<AtomicUsize>::default());
        let (tell, dead) = mpsc::channel();
        let (kill, count) = (Arc::clone(&death), Arc::clone(&accepted));
        let serving = async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::select! {
                    _ = serve(&mut stream) => (),
                    () = kill.notified() => {
                        silent.extend(die(stream, kind));
                        // Nobody listens when the test is over.
                        let _ = tell.send(());
                    }
                }
            }
        };
        thread::spawn(move || runtime.block_on(serving));
        Ok(Self {
            port,
            death,
            dead,
            accepted,
        })
    }

    /// Kills the connection, once there is one.
    fn kill_connections(&self) {
        self.death.notify_one();
        self.dead.recv().unwrap();
    }

    fn client(&self) -> aws_sdk_dynamodb::Client {
        let url = format!("http://127.0.0.1:{}", self.port);
        let lookup = |name: &str| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(url.clone()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            _ => None,
        };
        Clients::new(&lookup, &Edge::real(&lookup).unwrap())
            .unwrap()
            .dynamodb()
    }
}

/// Answers every request on a connection.
async fn serve(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    loop {
        let mut bytes = [0; 4_096];
        let read = stream.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&bytes[..read]);
        if is_whole(&request) {
            request.clear();
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|it| it.trim().parse().ok()).unwrap_or(0) <= body.len()
}

/// What is left of a connection.
fn die(stream: TcpStream, death: Death) -> Option<TcpStream> {
    if death == Death::Reset {
        // Closing then sends a reset.
        stream.set_zero_linger().unwrap();
    }
    (death == Death::Silent).then_some(stream)
}

/// The figures of a kind of death.
#[must_use]
pub fn figures(death: Death, times: usize, end: End) -> [Figure; 2] {
    let name = |what: &str| format!("freeze: connections {death:?}, {what}");
    [
        Figure::new(
            name("that succeeded"),
            end.well,
            "invocations",
            Bound::Exactly(times as u64),
        ),
        // One before the first freeze, and no more than one after each.
        Figure::new(
            name("connections made"),
            end.connections,
            "connections",
            Bound::Exactly(times as u64 + 1),
        ),
    ]
}
