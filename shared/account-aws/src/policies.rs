//! Where the policy document is kept: an SSM parameter or an S3 object.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::bucket::{Bucket, GET_OBJECT};
use crate::clients::{Clients, OnDemand};

/// IAM action of reading a policy from SSM.
pub const GET_PARAMETER: &str = "ssm:GetParameter";

/// S3 holds larger documents than any policy; more than this is a mistake, and would fill the function's memory.
const LONGEST: i64 = 1 << 20;

/// The place of the policy: `ssm:NAME` or `s3://BUCKET/KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A parameter of SSM Parameter Store.
    Parameter(String),
    /// An object of S3.
    Object {
        /// The bucket.
        bucket: String,
        /// The object's key.
        key: String,
    },
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(name) = text.strip_prefix("ssm:").filter(|name| !name.is_empty()) {
            return Ok(Self::Parameter(name.to_owned()));
        }
        match text
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'))
        {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Self::Object {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }),
            Some(_) | None => Err(()),
        }
    }
}

/// The document. Its text is personal data: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Document(pub String);

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Document(…)")
    }
}

/// Reads the policy document.
#[derive(Clone, Debug)]
pub struct Policies {
    place: Place,
    s3: OnDemand<aws_sdk_s3::Client>,
    ssm: OnDemand<aws_sdk_ssm::Client>,
}

impl Policies {
    /// The document at this place.
    #[must_use]
    pub fn new(place: Place, clients: &Clients) -> Self {
        Self {
            place,
            s3: OnDemand::new(clients, Clients::s3),
            ssm: OnDemand::new(clients, Clients::ssm),
        }
    }

    /// The document as it is now.
    ///
    /// # Errors
    /// It is not there, too long, not text, or may not be read.
    pub async fn read(&self) -> Result<Document, Error> {
        match &self.place {
            Place::Parameter(name) => self.parameter(name).await,
            Place::Object { bucket, key } => {
                let bucket = Bucket::new(self.s3.clone(), bucket.clone());
                Document::read(&bucket, key).await
            }
        }
    }

    async fn parameter(&self, name: &str) -> Result<Document, Error> {
        let call = self
            .ssm
            .get()
            .get_parameter()
            .name(name)
            .with_decryption(true);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(GET_PARAMETER, &error))?;
        let value = answer.parameter.and_then(|parameter| parameter.value);
        value
            .map(Document)
            .ok_or_else(|| Error::unusable(GET_PARAMETER, "no value"))
    }
}

impl Document {
    /// The document in an object.
    ///
    /// # Errors
    /// It is not there, longer than 1 MiB, not text, or may not be read.
    pub async fn read(bucket: &Bucket, key: &str) -> Result<Self, Error> {
        let bytes = match bucket.read(key, LONGEST).await {
            Ok(bytes) => bytes,
            // Who reads it need not be one who may list the bucket.
            Err(Error::Denied { action, code }) => {
                return Err(Error::DeniedOrAbsent { action, code });
            }
            Err(error) => return Err(error),
        };
        let text = String::from_utf8(bytes);
        text.map(Self).or(Err(Error::unusable(
            GET_OBJECT,
            "the object is no UTF-8 text",
        )))
    }
}
