using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;

namespace Cairn.Shims.Storage;

/// <summary>Rows as the Table service writes them: OData JSON with the types that JSON lacks named beside the values.</summary>
/// <remarks>Source: Microsoft Learn, "Payload format for Table service operations".</remarks>
static class EntityJson
{
    const string TypeSuffix = "@odata.type";

    // One line, and nothing but ASCII: a transaction's parts are read line by line.
    static readonly JsonWriterOptions Plain = new() { Indented = false };

    public static string Write(ITableEntity entity)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        foreach (var (name, value) in (TableEntity)entity)
            if (name is not ("odata.etag" or "Timestamp"))
                Write(json, name, value);
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static TableEntity Read(JsonElement json)
    {
        var entity = new TableEntity();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.EndsWith(TypeSuffix, StringComparison.Ordinal) || property.Name == "odata.metadata") continue;
            var type = json.TryGetProperty(property.Name + TypeSuffix, out var named) ? named.GetString() : null;
            if (Read(property.Value, type) is { } value) entity[property.Name] = value;
        }
        return entity;
    }

    static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text: json.WriteString(name, text); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: Typed(number.ToString(CultureInfo.InvariantCulture), "Edm.Int64"); break;
            case byte[] bytes: Typed(Convert.ToBase64String(bytes), "Edm.Binary"); break;
            case DateTimeOffset time: Typed(time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture), "Edm.DateTime"); break;
            case double number:
                json.WriteNumber(name, number);
                json.WriteString(name + TypeSuffix, "Edm.Double");
                break;
            default: throw new ArgumentException($"{name} is a {value.GetType().Name}, which a table does not hold");
        }

        void Typed(string text, string type)
        {
            json.WriteString(name, text);
            json.WriteString(name + TypeSuffix, type);
        }
    }

    static object? Read(JsonElement value, string? type) => (value.ValueKind, type) switch
    {
        (JsonValueKind.Null, _) => null,
        (JsonValueKind.True or JsonValueKind.False, _) => value.GetBoolean(),
        (_, "Edm.Int64") => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        (_, "Edm.Binary") => Convert.FromBase64String(value.GetString()!),
        (_, "Edm.DateTime") => DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        (JsonValueKind.Number, "Edm.Double") => value.GetDouble(),
        (JsonValueKind.Number, _) => value.TryGetInt32(out var whole) ? (object)whole : value.GetDouble(),
        _ => value.GetString(),
    };
}
