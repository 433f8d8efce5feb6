//! A server in a thread of its own, so that whoever measures may block.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use std::thread;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;

use super::Error;

/// Dropping this ends the server.
#[derive(Debug)]
pub(super) struct Serving {
    _open: oneshot::Sender<()>,
}

impl Serving {
    /// Prepares a server, hands what it prepared to the caller, and then runs it.
    pub(super) fn start<T, P, S>(
        prepare: impl FnOnce() -> P + Send + 'static,
    ) -> Result<(Self, T), Error>
    where
        T: Send + 'static,
        P: Future<Output = Result<(T, S), Error>>,
        S: Future<Output = ()>,
    {
        let (ready, prepared) = mpsc::channel();
        let (open, closed) = oneshot::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error.into()))),
            };
            runtime.block_on(async {
                match prepare().await {
                    Ok((prepared, serve)) => {
                        if ready.send(Ok(prepared)).is_ok() {
                            tokio::select! {
                                _ = closed => (),
                                () = serve => (),
                            }
                        }
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            });
        });
        Ok((Self { _open: open }, prepared.recv()??))
    }
}

/// Answers the requests of one connection; an error drops it.
pub(super) async fn connection<A>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl Fn(http::Request<Vec<u8>>) -> A,
) where
    A: Future<Output = io::Result<http::Response<Vec<u8>>>>,
{
    let exchange = async |request: http::Request<Incoming>| {
        let (parts, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map_err(io::Error::other)?
            .to_bytes()
            .to_vec();
        let answered = answer(http::Request::from_parts(parts, body)).await?;
        io::Result::Ok(answered.map(|body| Full::new(Bytes::from(body))))
    };
    // It ends with an error when the program that is measured does.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(exchange))
        .await;
}
