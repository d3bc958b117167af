using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cairn.Storage.Delta.Log;

/// <summary>A schema as metaData holds it: a JSON text of a struct type, each field with its id and physical name.</summary>
/// <remarks>Source: delta-io/delta, PROTOCOL.md, "Schema Serialization Format" and "Column Mapping".</remarks>
static class SchemaText
{
    const string IdKey = "delta.columnMapping.id", PhysicalKey = "delta.columnMapping.physicalName";

    const string ModeKey = "delta.columnMapping.mode", LastIdKey = "delta.columnMapping.maxColumnId";

    /// <summary>Demands on writers that protocol 5 allows and we do not meet; a table that makes one is not ours.</summary>
    static readonly string[] UnmetColumnKeys = ["delta.invariants", "delta.generationExpression"];

    public static string Write(DeltaSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ActionWriter.Options))
        {
            json.WriteStartObject();
            json.WriteString("type", "struct");
            json.WriteStartArray("fields");
            foreach (var column in schema.Columns) Write(json, column);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The table properties that belong to a schema.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Mapping(DeltaSchema schema) =>
    [
        new(ModeKey, "name"),
        new(LastIdKey, schema.LastFieldId.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <param name="text">The schema.</param>
    /// <param name="configuration">The table's properties.</param>
    /// <returns>The schema, and the properties without those of column mapping.</returns>
    /// <exception cref="FormatException">It uses what we do not read.</exception>
    public static (DeltaSchema Schema, ImmutableSortedDictionary<string, string> Configuration) Read(string text, ImmutableSortedDictionary<string, string> configuration)
    {
        if (configuration.GetValueOrDefault(ModeKey) != "name") throw new FormatException($"{ModeKey} should be 'name', not '{configuration.GetValueOrDefault(ModeKey, "none")}'");
        if (!int.TryParse(configuration.GetValueOrDefault(LastIdKey), NumberStyles.None, CultureInfo.InvariantCulture, out var lastId)) throw new FormatException($"{LastIdKey} should be a number");
        foreach (var (key, value) in configuration)
            if (key.StartsWith("delta.constraints.", StringComparison.Ordinal) || (key is "delta.appendOnly" or "delta.enableChangeDataFeed" && value != "false"))
                throw new FormatException($"the table property {key} = {value} is not met by this writer");
        using var parsed = JsonDocument.Parse(text);
        var columns = parsed.RootElement.GetProperty("fields").EnumerateArray().Select(Read).ToList();
        return (DeltaSchema.Restore(columns, lastId), configuration.Remove(ModeKey).Remove(LastIdKey));
    }

    static void Write(Utf8JsonWriter json, DeltaColumn column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WriteString("type", DeltaTypeNames.NameOf(column.Type));
        json.WriteBoolean("nullable", column.Nullable);
        json.WriteStartObject("metadata");
        json.WriteNumber(IdKey, column.FieldId);
        json.WriteString(PhysicalKey, column.PhysicalName);
        foreach (var (key, value) in column.Notes) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static DeltaColumn Read(JsonElement field)
    {
        var name = field.GetProperty("name").GetString()!;
        var typeName = field.GetProperty("type");
        var type = typeName.ValueKind == JsonValueKind.String ? DeltaTypeNames.TypeOf(typeName.GetString()!) : null;
        if (type is null) throw new FormatException($"column '{name}' has the type {typeName.GetRawText()}, which we do not read");
        var metadata = field.GetProperty("metadata");
        var notes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var note in metadata.EnumerateObject())
        {
            if (UnmetColumnKeys.Contains(note.Name)) throw new FormatException($"column '{name}' has {note.Name}, which this writer does not meet");
            if (note.Name is not (IdKey or PhysicalKey)) notes[note.Name] = note.Value.GetString() ?? throw new FormatException($"{note.Name} of column '{name}' is null");
        }
        return new(
            name,
            type.Value,
            metadata.GetProperty(PhysicalKey).GetString()!,
            metadata.GetProperty(IdKey).GetInt32(),
            field.GetProperty("nullable").GetBoolean(),
            notes.ToImmutable());
    }
}
