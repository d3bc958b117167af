using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Azure.Data.Tables;

/// <summary>A row as named values: string, bool, int, long, double, byte[] or DateTimeOffset.</summary>
/// <remarks>Source: Azure.Data.Tables; the members that the app uses. Keys and version are values too, under their names.</remarks>
public sealed class TableEntity : ITableEntity, IDictionary<string, object>
{
    readonly Dictionary<string, object> values = new(StringComparer.Ordinal);

    /// <summary>A row without values.</summary>
    public TableEntity(string partitionKey, string rowKey) => (PartitionKey, RowKey) = (partitionKey, rowKey);

    internal TableEntity()
    {
    }

    /// <inheritdoc/>
    public string PartitionKey
    {
        get => values.TryGetValue("PartitionKey", out var key) ? (string)key : "";
        set => values["PartitionKey"] = value;
    }

    /// <inheritdoc/>
    public string RowKey
    {
        get => values.TryGetValue("RowKey", out var key) ? (string)key : "";
        set => values["RowKey"] = value;
    }

    /// <inheritdoc/>
    public ETag ETag
    {
        get => values.TryGetValue("odata.etag", out var etag) ? new ETag((string)etag) : default;
        set => values["odata.etag"] = value.ToString();
    }

    /// <inheritdoc/>
    public ICollection<string> Keys => values.Keys;

    /// <inheritdoc/>
    public ICollection<object> Values => values.Values;

    /// <inheritdoc/>
    public int Count => values.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public object this[string key]
    {
        get => values[key];
        set => values[key] = value;
    }

    /// <inheritdoc/>
    public void Add(string key, object value) => values.Add(key, value);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => values.ContainsKey(key);

    /// <inheritdoc/>
    public bool Remove(string key) => values.Remove(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public void Add(KeyValuePair<string, object> item) => values.Add(item.Key, item.Value);

    /// <inheritdoc/>
    public void Clear() => values.Clear();

    /// <inheritdoc/>
    public bool Contains(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)values).Contains(item);

    /// <inheritdoc/>
    public void CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, object>>)values).CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public bool Remove(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)values).Remove(item);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
