using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cairn.Storage.Delta.Log;

/// <summary>Actions as JSON: lines of the log, rows of a checkpoint.</summary>
/// <remarks>Source: delta-io/delta, PROTOCOL.md, "Actions".</remarks>
static class ActionWriter
{
    /// <summary>Texts stay readable; no line of a log is ever part of a web page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Protocol(Utf8JsonWriter json, DeltaProtocol protocol)
    {
        json.WriteStartObject("protocol");
        json.WriteNumber("minReaderVersion", protocol.MinReaderVersion);
        json.WriteNumber("minWriterVersion", protocol.MinWriterVersion);
        json.WriteEndObject();
    }

    public static void Metadata(Utf8JsonWriter json, DeltaMetadata metadata)
    {
        json.WriteStartObject("metaData");
        json.WriteString("id", metadata.Id);
        json.WriteStartObject("format");
        json.WriteString("provider", "parquet");
        Map(json, "options", []);
        json.WriteEndObject();
        json.WriteString("schemaString", SchemaText.Write(metadata.Schema));
        json.WriteStartArray("partitionColumns");
        foreach (var column in metadata.PartitionColumns) json.WriteStringValue(column);
        json.WriteEndArray();
        Map(json, "configuration", metadata.Configuration.SetItems(SchemaText.Mapping(metadata.Schema))!);
        json.WriteNumber("createdTime", metadata.CreatedAtMs);
        json.WriteEndObject();
    }

    public static void Transaction(Utf8JsonWriter json, DeltaTransaction place)
    {
        json.WriteStartObject("txn");
        json.WriteString("appId", place.AppId);
        json.WriteNumber("version", place.Version);
        json.WriteNumber("lastUpdated", place.UpdatedAtMs);
        json.WriteEndObject();
    }

    public static void Add(Utf8JsonWriter json, DeltaFile file, bool dataChange)
    {
        json.WriteStartObject("add");
        json.WriteString("path", file.Path);
        Map(json, "partitionValues", file.PartitionValues!);
        json.WriteNumber("size", file.SizeBytes);
        json.WriteNumber("modificationTime", file.ModifiedAtMs);
        json.WriteBoolean("dataChange", dataChange);
        if (file.Statistics is not null) json.WriteString("stats", file.Statistics.Json);
        if (!file.Tags.IsEmpty) Map(json, "tags", file.Tags!);
        json.WriteEndObject();
    }

    public static void Remove(Utf8JsonWriter json, DeltaTombstone file, bool dataChange)
    {
        json.WriteStartObject("remove");
        json.WriteString("path", file.Path);
        json.WriteNumber("deletionTimestamp", file.DeletedAtMs);
        json.WriteBoolean("dataChange", dataChange);
        json.WriteBoolean("extendedFileMetadata", true);
        Map(json, "partitionValues", file.PartitionValues!);
        json.WriteNumber("size", file.SizeBytes);
        json.WriteEndObject();
    }

    static void Map(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string?>> entries)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in entries) json.WriteString(key, value);
        json.WriteEndObject();
    }
}
