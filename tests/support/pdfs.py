"""PDFs, ordinary and hostile, made of their objects."""

import io
import struct
import zlib

from PIL import Image


def pdf(objects, root=1, encrypt=""):
    """The bytes of a PDF of objects, each bytes, numbered from 1; `root` is the number of its catalogue."""
    data, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"/Size {len(objects) + 1} /Root {root} 0 R {encrypt}".encode()
    return bytes(data) + b"trailer\n<< %b >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, table)


def stream(content, entries=b"", packed=False):
    """The bytes of a stream object with `content`, bytes, which are Flate's where it is packed."""
    if packed:
        entries += b" /Filter /FlateDecode"
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def pdf_of_pages(contents, size=(595, 842), resources=b"", more=(), catalogue=b""):
    """A PDF with a page for each content, bytes in PDF's language; `more` are objects from number 3 on."""
    first = 3 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalogue,
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(contents)),
        *more,
    ]
    for number, content in enumerate(contents):
        box = b"[0 0 %d %d]" % size
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Resources << %b >> /Contents %d 0 R >>"
            % (box, resources, first + 2 * number + 1)
        )
        objects.append(stream(content))
    return pdf(objects)


def pdf_of_image(width, height, data, entries, size=(595, 842)):
    """A PDF of one page that an image of so many pixels fills; `entries` say how its data are packed."""
    image = stream(data, b"/Type /XObject /Subtype /Image /Width %d /Height %d %b" % (width, height, entries))
    content = b"q %d 0 0 %d 0 0 cm /I Do Q" % size
    return pdf_of_pages([content], size, b"/XObject << /I 3 0 R >>", [image])


def pdf_of_pictures(pictures):
    """A PDF of PIL pictures as Pillow makes it, a page each."""
    file = io.BytesIO()
    pictures[0].save(file, "PDF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


def zeros(count):
    """So many zero bytes, packed by Flate a part at a time."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(min(2**20, count - first))) for first in range(0, count, 2**20)]
    return b"".join(parts) + packer.flush()


def flate_image(side):
    """A page with a grey image of so many pixels a side, in few bytes."""
    entries = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    return pdf_of_image(side, side, zeros(side * side), entries)


def jpeg2000_image(side):
    """A page with a JPEG 2000 that claims so many pixels a side and holds 100 a side."""
    file = io.BytesIO()
    Image.new("RGB", (100, 100), "white").save(file, "JPEG2000")
    data = file.getvalue().replace(struct.pack(">II", 100, 100), struct.pack(">II", side, side))
    return pdf_of_image(side, side, data, b"/Filter /JPXDecode")


def masked_image(side):
    """A page with a picture of 9 pixels and a mask of so many a side."""
    grey = b"/ColorSpace /DeviceGray /BitsPerComponent 8"
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d " + grey
    image = stream(bytes(9), entries % (3, 3) + b" /SMask 4 0 R")
    mask = stream(zeros(side * side), entries % (side, side) + b" /Filter /FlateDecode")
    return pdf_of_pages([b"q 595 0 0 842 0 0 cm /I Do Q"], resources=b"/XObject << /I 3 0 R >>", more=[image, mask])


def deep_image(width, height):
    """A page with an image of 16 bits for each of three colours, in few bytes."""
    entries = b"/ColorSpace /DeviceRGB /BitsPerComponent 16 /Filter /FlateDecode"
    return pdf_of_image(width, height, zeros(width * height * 6), entries)


def many_paths(count):
    """A page of so many strokes from one side to the other."""
    lines = b"".join(b"%d 0 m %d 842 l S\n" % (at % 595, (at * 7919) % 595) for at in range(count))
    return pdf_of_pages([lines])


def deep_forms(depth):
    """A page of forms, each of which draws the next one ten times: the last one would be drawn 10**depth times."""
    forms = []
    for level in range(depth):
        inside = b"/F Do " * 10 if level + 1 < depth else b"0 0 595 842 re f"
        entries = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
        if level + 1 < depth:
            entries += b" /Resources << /XObject << /F %d 0 R >> >>" % (4 + level)
        forms.append(stream(inside, entries))
    return pdf_of_pages([b"/F Do"], resources=b"/XObject << /F 3 0 R >>", more=forms)


def tiny_pattern(cells):
    """A page that a pattern fills, so many cells each way, with a stroke in each cell."""
    step = 595 / cells
    entries = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /Resources << >> "
    entries += b"/BBox [0 0 %f %f] /XStep %f /YStep %f" % (step, step, step, step)
    pattern = stream(b"0 0 m %f %f l S" % (step, step), entries)
    return pdf_of_pages([b"/Pattern cs /P scn 0 0 595 842 re f"], resources=b"/Pattern << /P 3 0 R >>", more=[pattern])


def deep_nesting(depth):
    """A PDF whose catalogue holds an array in an array, so many deep."""
    return pdf_of_pages([b""], catalogue=b"/X " + b"[" * depth + b"]" * depth)


def shading(count):
    """A page of so many shadings over the whole of it, each of which computes each pixel by a program."""
    program = stream(b"{ " + b"dup mul sqrt " * 60 + b"}", b"/FunctionType 4 /Domain [0 1] /Range [0 1]")
    shade = b"<< /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 595 842] /Function 3 0 R /Extend [true true] >>"
    return pdf_of_pages([b"/S sh " * count], resources=b"/Shading << /S 4 0 R >>", more=[program, shade])


def claimed_pages(count):
    """A PDF that claims to have so many pages and has one."""
    data = pdf_of_pages([b""])
    return data.replace(b"/Count 1", b"/Count %d" % count)


def looping_pages():
    """A PDF whose tree of pages holds itself."""
    return pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R 2 0 R] /Count 150 /Parent 2 0 R >>"]
    )


def with_scripts():
    """A page with JavaScript and a command that are to run as it is opened, and a file embedded in it."""
    opened = b"<< /S /JavaScript /JS (app.alert\\('x'\\); while\\(true\\){}) /Next << /S /Launch /F (/bin/true) >> >>"
    file = b"<< /Type /Filespec /F (x.exe) /EF << /F 3 0 R >> >>"
    catalogue = b"/OpenAction %b /AA << /WC %b >> /Names << /EmbeddedFiles << /Names [(x.exe) %b] >> >>" % (
        opened,
        opened,
        file,
    )
    embedded = stream(b"MZ", b"/Type /EmbeddedFile")
    return pdf_of_pages([b"100 100 m 100 700 l 40 w S"], more=[embedded], catalogue=catalogue)


def with_xfa():
    """A page with a form in XML, of the kind called XFA, that asks for a script to run."""
    form = stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><event><script>while(1);</script></event></xdp:xdp>")
    return pdf_of_pages(
        [b"100 100 m 100 700 l 40 w S"], more=[form], catalogue=b"/AcroForm << /XFA 3 0 R /Fields [] >>"
    )


def encrypted():
    """A page with a password, in the oldest way of encryption."""
    entries = b"/Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b>" % (b"41" * 32, b"42" * 32)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        b"<< %b >>" % entries,
    ]
    identity = "41" * 16
    return pdf(objects, encrypt=f"/Encrypt 4 0 R /ID [<{identity}> <{identity}>]")
