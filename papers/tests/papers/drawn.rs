//! A PDF as pictures and as text, by a renderer that is not the typesetter's.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::{Affine, BezPath, Rect};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::GrayImage;

/// The pages as grey pictures, so many pixels a point.
pub(crate) fn pages(pdf: &[u8], scale: f32) -> Vec<GrayImage> {
    let pdf = Pdf::new(pdf.to_vec()).expect("a PDF");
    let cache = RenderCache::new();
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pages = pdf.pages().iter().map(|page| {
        let drawn = render(
            page,
            &cache,
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &settings,
        );
        let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
        let grey = drawn.data().iter().map(|pixel| {
            let sum = u32::from(pixel.r) + u32::from(pixel.g) + u32::from(pixel.b);
            u8::try_from(sum / 3).unwrap()
        });
        GrayImage::from_raw(width, height, grey.collect()).unwrap()
    });
    pages.collect()
}

/// The text of each page, in the order in which it is drawn.
pub(crate) fn texts(pdf: &[u8]) -> Vec<String> {
    let pdf = Pdf::new(pdf.to_vec()).expect("a PDF");
    let cache = InterpreterCache::new();
    let texts = pdf.pages().iter().map(|page| {
        let mut reader = Reader::default();
        let target = Rect::new(0.0, 0.0, 1_000.0, 1_000.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, target, &cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut reader);
        reader.0
    });
    texts.collect()
}

/// All of it.
pub(crate) fn whole(pdf: &[u8]) -> String {
    texts(pdf).concat()
}

#[derive(Default)]
struct Reader(String);

impl<'a> Device<'a> for Reader {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.0.push(c),
                Some(BfString::String(text)) => self.0.push_str(&text),
                None => self.0.push('\u{fffd}'),
            }
        }
    }
}
