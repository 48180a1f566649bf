using IncidentDesk.Import;

namespace IncidentDesk.Tests.Import;

public class BuildingKeyTests
{
    [Theory]
    [InlineData("新市路56号", "新市路56号")]
    [InlineData("新市路５６号", "新市路56号")]
    [InlineData(" 新市路　56 号 406房", "新市路56号")]
    [InlineData("新市路56号之二406", "新市路56号之二")]
    [InlineData("新市路５６Ａ号", "新市路56A号")]
    [InlineData("石井大朗村Ｂ栋３０２房", "石井大朗村B栋")]
    public void One_building_has_one_key_however_its_address_was_typed(string address, string building) =>
        Assert.Equal("440111011 " + building, BuildingKey.Of("440111011", address));
}
