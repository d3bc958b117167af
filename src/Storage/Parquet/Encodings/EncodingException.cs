namespace Cairn.Storage.Parquet.Encodings;

/// <summary>A kernel met bytes that its encoding does not allow. The chunk decoder, which knows file and offset, turns it into a <see cref="ParquetFormatException"/>.</summary>
/// <param name="expected">What should stand there.</param>
/// <param name="found">What does.</param>
sealed class EncodingException(string expected, string found) : Exception($"expected {expected}, found {found}")
{
    public string Expected => expected;

    public string Found => found;
}
