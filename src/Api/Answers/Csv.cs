using System.Text;

namespace Cairn.Api.Answers;

/// <summary>Writes rows as CSV: cells apart by commas, lines by CR LF, quoted where they need it.</summary>
/// <remarks>Source: RFC 4180.</remarks>
public sealed class Csv
{
    readonly StringBuilder text = new();

    public Csv Row(params IEnumerable<string> cells)
    {
        text.AppendJoin(',', cells.Select(Quoted)).Append("\r\n");
        return this;
    }

    public override string ToString() => text.ToString();

    static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
