namespace Cairn.Storage;

/// <summary>A stored file that is torn or altered, and that only saves work: it is made again from others, so dropping it loses nothing.</summary>
/// <param name="file">The blob at fault.</param>
/// <param name="fault">What should be there, and what is.</param>
public sealed class RemakableFileException(string file, string fault, Exception? inner = null) : Exception($"{file} {fault}", inner)
{
    public string File => file;
}
