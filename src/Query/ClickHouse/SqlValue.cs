using System.Globalization;
using System.Text;

namespace Cairn.Query.ClickHouse;

/// <summary>A value that a statement is asked with, beside its text.</summary>
/// <remarks>Source: ClickHouse docs, "HTTP interface", "Queries with parameters": values are read as TabSeparated has them, elements of arrays between quotes.</remarks>
/// <param name="Type">As the statement's hole names it.</param>
/// <param name="Text">As the interface takes it.</param>
/// <param name="IsSecret">Whether nobody is shown it.</param>
sealed record SqlValue(string Type, string Text, bool IsSecret = false)
{
    public static SqlValue Secret(string value) => new("String", Escaped(value), IsSecret: true);

    public static SqlValue Of(string value) => new("String", Escaped(value));

    public static SqlValue Of(long value) => new("Int64", value.ToString(CultureInfo.InvariantCulture));

    public static SqlValue Of(double value) => new("Float64", value.ToString("R", CultureInfo.InvariantCulture));

    public static SqlValue Of(IReadOnlyList<string> values) => new("Array(String)", $"[{string.Join(',', values.Select(value => $"'{Escaped(value)}'"))}]");

    public static SqlValue Of(IReadOnlyList<long> values) => new("Array(Int64)", $"[{string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]");

    /// <summary>A text as TabSeparated and quoted texts both read it back.</summary>
    internal static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var character in value)
            text.Append(character switch { '\\' => "\\\\", '\'' => "\\'", '\t' => "\\t", '\n' => "\\n", '\r' => "\\r", '\b' => "\\b", '\f' => "\\f", '\0' => "\\0", _ => character.ToString() });
        return text.ToString();
    }
}
