//! `npm run codes` writes docs/CODES.md.

mod examples;
mod page;

fn main() -> std::io::Result<()> {
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CODES.md"), page::page(&examples::all()))
}
