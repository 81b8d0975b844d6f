//! What only modules with tables hold.

#[cfg(not(feature = "tables"))]
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A value that takes no room, and brings no code to drop it, in a module without tables. Such a module must not look at
/// it.
#[derive(Clone, Default)]
pub struct Only<T>(#[cfg(feature = "tables")] T, #[cfg(not(feature = "tables"))] PhantomData<T>);

#[cfg(feature = "tables")]
impl<T> Only<T> {
    /// Holds what `make` returns.
    pub fn new(make: impl FnOnce() -> T) -> Self {
        Only(make())
    }
}

#[cfg(not(feature = "tables"))]
impl<T> Only<T> {
    /// Holds no value.
    pub fn new(_: impl FnOnce() -> T) -> Self {
        Only(PhantomData)
    }
}

impl<T> Deref for Only<T> {
    type Target = T;

    #[cfg(feature = "tables")]
    fn deref(&self) -> &T {
        &self.0
    }

    #[cfg(not(feature = "tables"))]
    fn deref(&self) -> &T {
        unreachable!()
    }
}

impl<T> DerefMut for Only<T> {
    #[cfg(feature = "tables")]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }

    #[cfg(not(feature = "tables"))]
    fn deref_mut(&mut self) -> &mut T {
        unreachable!()
    }
}
