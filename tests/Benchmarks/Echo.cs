using System.Text;

namespace Cairn.Benchmarks;

/// <summary>Writes to two places at once: the screen and the text that is kept.</summary>
sealed class Echo(TextWriter first, TextWriter second) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        first.Write(value);
        second.Write(value);
    }

    public override void Write(string? value)
    {
        first.Write(value);
        second.Write(value);
    }
}
