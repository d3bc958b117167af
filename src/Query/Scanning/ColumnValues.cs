using System.Text;
using System.Text.Json;
using Cairn.Query.Filters;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Single values of columns, for who looks at rows one by one.</summary>
static class ColumnValues
{
    public static bool Has(StoredColumn column, int row) => column switch
    {
        TextColumn text => text.Codes[row] != TextColumn.Null,
        DoubleColumn number => !double.IsNaN(number.Values[row]),
        BooleanColumn flag => flag.Values[row] != BooleanColumn.Null,
        Int64Column whole => whole.Values[row] != Int64Column.Null,
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "a column of a type that is not known"),
    };

    /// <summary>A value that a row has, as expressions see it.</summary>
    /// <param name="isJson">Whether a text column holds JSON texts rather than texts.</param>
    public static Value At(StoredColumn column, int row, bool isJson) => column switch
    {
        TextColumn text => isJson ? JsonValue.Parse(text.Utf8(row)) : Value.Of(Encoding.UTF8.GetString(text.Utf8(row))),
        DoubleColumn number => Value.Of(number.Values[row]),
        BooleanColumn flag => Value.Of(flag.Values[row] == 1),
        Int64Column whole => Value.Of((double)whole.Values[row]),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "a column of a type that is not known"),
    };

    /// <summary>Writes a value as JSON; what a row lacks as null.</summary>
    /// <param name="isJson">Whether a text column holds JSON texts rather than texts.</param>
    public static void Write(Utf8JsonWriter json, StoredColumn column, int row, bool isJson)
    {
        if (!Has(column, row))
        {
            json.WriteNullValue();
            return;
        }
        switch (column)
        {
            case TextColumn text when isJson: json.WriteRawValue(text.Utf8(row)); break;
            case TextColumn text: json.WriteStringValue(text.Utf8(row)); break;
            case DoubleColumn number: json.WriteRawValue(ValueText.Number(number.Values[row])); break;
            case BooleanColumn flag: json.WriteBooleanValue(flag.Values[row] == 1); break;
            case Int64Column whole: json.WriteNumberValue(whole.Values[row]); break;
        }
    }
}
