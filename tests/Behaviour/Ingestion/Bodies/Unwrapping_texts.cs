using System.Text;
using Cairn.Ingestion.Bodies;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Bodies;

public class Unwrapping_texts
{
    [Theory]
    [InlineData("aGVsbG8gd29ybGQ=", "hello world")]
    [InlineData("aGVsbG8gd29ybGQ", "hello world")] // padding left out
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("aGVsbA==", "hell")]
    [InlineData("aGVs", "hel")]
    [InlineData("Pz8/Pj4+", "???>>>")]
    [InlineData("Pz8_Pj4-", "???>>>")] // the alphabet of URLs
    [InlineData("Pz8/Pj4 ", "???>>")] // a space at the end was never a plus
    [InlineData("Pj4 Pj4+", ">>>>>>")] // a plus that a form parser turned into a space
    [InlineData("aGVs\r\nbG8=\r\n", "hello")]
    [InlineData("", "")]
    public void Reads_base64_of_every_spelling(string text, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var length = Base64Text.DecodeInPlace(bytes);
        Assert.Equal(expected, Encoding.ASCII.GetString(bytes.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("aGVsb")]
    [InlineData("a{Vs")]
    [InlineData("aGVs!G8=")]
    [InlineData("%7B%7D")]
    public void Refuses_what_is_no_base64(string text) =>
        Assert.Equal(-1, Base64Text.DecodeInPlace(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Reads_back_whatever_base64_can_hold()
    {
        var random = new Random(7);
        for (var round = 0; round < FullRun.Count(500, 200_000); round++)
        {
            var bytes = new byte[random.Next(0, 100)];
            random.NextBytes(bytes);
            var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).TrimEnd(random.Next(2) == 0 ? '=' : ' '));
            var length = Base64Text.DecodeInPlace(text);
            Assert.Equal(bytes, text.AsSpan(0, length).ToArray());
        }
    }

    [Theory]
    [InlineData("data=abc", "data", "abc")]
    [InlineData("verbose=1&data=a%2Bb&ip=0", "data", "a%2Bb")]
    [InlineData("mydata=1&data=2", "data", "2")]
    [InlineData("data2=1&data=2&data=3", "data", "2")]
    [InlineData("data", "data", "")]
    [InlineData("data=", "data", "")]
    [InlineData("a=1&data", "data", "")]
    [InlineData("a=data&b=2", "data", null)]
    [InlineData("", "data", null)]
    [InlineData("&&", "data", null)]
    public void Finds_a_field_of_a_form(string form, string name, string? expected)
    {
        var found = FormBody.TryFind(Encoding.ASCII.GetBytes(form).AsMemory(), Encoding.ASCII.GetBytes(name), out var raw);
        Assert.Equal(expected, found ? Encoding.ASCII.GetString(raw.Span) : null);
    }

    [Theory]
    [InlineData("a+b%2Bc%20d", true, "a b+c d")]
    [InlineData("a+b%2Bc%2fd", false, "a+b+c/d")]
    [InlineData("100%", true, "100%")]
    [InlineData("%zz%4", true, "%zz%4")]
    [InlineData("%7b%7D", true, "{}")]
    public void Decodes_a_field_with_or_without_spaces_for_plus(string raw, bool plusIsSpace, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(raw);
        var length = FormBody.Decode(bytes, plusIsSpace);
        Assert.Equal(expected, Encoding.ASCII.GetString(bytes.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80 }, "😀")] // mixpanel-browser's emoji
    [InlineData(new byte[] { 0x61, 0xED, 0xA0, 0xBD, 0x62 }, "a\uFFFDb")] // half of one
    [InlineData(new byte[] { 0xED, 0xB8, 0x80, 0xED, 0xA0, 0xBD }, "\uFFFD\uFFFD")] // the halves swapped
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, "😀")] // proper UTF-8 stays
    public void Joins_surrogates_that_were_encoded_one_by_one(byte[] bytes, string expected)
    {
        var length = Utf8Text.Repair(bytes, out var isValid);
        Assert.True(isValid);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Puts_the_replacement_character_where_bytes_are_no_text()
    {
        byte[] bytes = [0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82];
        Utf8Text.Repair(bytes, out var isValid);
        Assert.False(isValid);
        var repaired = new byte[bytes.Length * Utf8Text.MaxReplacedBytesPerByte];
        var length = Utf8Text.Replace(bytes, repaired);
        Assert.Equal("a\uFFFD\uFFFD(\uFFFD", Encoding.UTF8.GetString(repaired.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("""["\ud83d\ude00"]""", """["\ud83d\ude00"]""")]
    [InlineData("""["\ud83d"]""", """["\ufffd"]""")]
    [InlineData("""["\uDE00\uD83D"]""", """["\ufffd\ufffd"]""")]
    [InlineData("""["\ud83d\n\ud83dx"]""", """["\ufffd\n\ufffdx"]""")]
    [InlineData("""["\\ud83d"]""", """["\\ud83d"]""")] // an escaped backslash and plain letters
    [InlineData("""["\u00e9\ud8"]""", """["\u00e9\ud8"]""")] // broken JSON stays for the parser to refuse
    [InlineData("""["\""", """["\""")]
    public void Replaces_lone_escaped_surrogates(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Utf8Text.RepairEscapes(bytes);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Finds_a_field_of_a_multipart_form()
    {
        var body = Encoding.ASCII.GetBytes(
            "--xYz\r\nContent-Disposition: form-data; name=\"ip\"\r\n\r\n0\r\n" +
            "--xYz\r\nContent-Disposition: form-data; name=\"data\"\r\nContent-Type: text/plain\r\n\r\n[1,\r\n2]\r\n--xYz--\r\n");
        Assert.True(MultipartBody.TryFind(body, "multipart/form-data; boundary=\"xYz\"", "data", out var value));
        Assert.Equal("[1,\r\n2]", Encoding.ASCII.GetString(value.Span));
        Assert.False(MultipartBody.TryFind(body, "multipart/form-data; boundary=\"xYz\"", "dat", out _));
        Assert.False(MultipartBody.TryFind(body, "multipart/form-data", "data", out _));
    }
}
