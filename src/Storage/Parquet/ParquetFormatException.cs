using System.Globalization;

namespace Cairn.Storage.Parquet;

/// <summary>A Parquet file that is torn, altered, or uses something we do not read; nothing of the asked-for column was handed out.</summary>
/// <param name="file">The file's name, as given to the reader.</param>
/// <param name="offset">Bytes from the start of the file, near the fault.</param>
/// <param name="expected">What should stand there.</param>
/// <param name="found">What does.</param>
public sealed class ParquetFormatException(string file, long offset, string expected, string found, Exception? inner = null)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"{file}: at byte {offset}: expected {expected}, found {found}"), inner)
{
    public string File => file;

    public long Offset => offset;

    public string Expected => expected;

    public string Found => found;
}
