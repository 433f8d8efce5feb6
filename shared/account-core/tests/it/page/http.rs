//! HTTP on the loopback interface: calls of the driver, and the site that has the page.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

/// Sends a request with a JSON document, and returns that of the answer.
pub(super) async fn call(to: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", to.to_string())
        .body(Full::new(Bytes::from(body.to_string())))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

/// A web site that remembers every request.
#[derive(Clone, Default)]
pub(super) struct Site {
    pages: Arc<BTreeMap<String, String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Serves pages by their paths; returns the site and its address.
    pub(super) async fn start(pages: &[(&str, String)]) -> (Self, String) {
        let pages = pages.iter().cloned();
        let site = Self {
            pages: Arc::new(pages.map(|(path, page)| (path.to_owned(), page)).collect()),
            asked: Arc::default(),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(site.clone().serve(listener));
        (site, format!("http://{address}"))
    }

    /// The paths that were asked for, in this order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let site = self.clone();
            let service = service_fn(move |request| {
                let answer = site.answer(&request);
                async { Ok::<_, Infallible>(answer) }
            });
            let server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        let page = self.pages.get(&path).cloned();
        self.asked.lock().unwrap().push(path);
        let status = if page.is_some() {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        Response::builder()
            .status(status)
            .header("content-type", "text/html; charset=utf-8")
            .body(Full::new(Bytes::from(page.unwrap_or_default())))
            .unwrap()
    }
}
