using System.Text;

namespace Cairn.Query.ClickHouse;

/// <summary>A column's name: the one way in which a name that comes from elsewhere gets into a statement.</summary>
/// <remarks>Source: ClickHouse docs, "Syntax", "Identifiers": between backticks, where a backslash escapes as in texts.</remarks>
readonly record struct SqlName(string Name)
{
    public void Write(StringBuilder text)
    {
        text.Append('`');
        foreach (var character in Name)
        {
            // A statement ends at a NUL; the others would end the name, or begin an escape.
            if (character == '\0') text.Append("\\0");
            else if (character is '`' or '\\') text.Append('\\').Append(character);
            else text.Append(character);
        }
        text.Append('`');
    }
}
