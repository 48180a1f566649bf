namespace IncidentDesk.Tests;

/// <summary>Files of the repository, found from the test's own folder upwards.</summary>
internal static class Repo
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string File(string path) => Path.Combine(Root, path);

    private static string Find(DirectoryInfo folder) =>
        System.IO.File.Exists(Path.Combine(folder.FullName, "IncidentDesk.sln")) ? folder.FullName : Find(folder.Parent!);
}
